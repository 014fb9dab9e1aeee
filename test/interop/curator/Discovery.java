// Curator's service discovery.

import java.util.Collection;
import java.util.Set;
import java.util.HashSet;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.x.discovery.ServiceCache;
import org.apache.curator.x.discovery.ServiceDiscovery;
import org.apache.curator.x.discovery.ServiceDiscoveryBuilder;
import org.apache.curator.x.discovery.ServiceInstance;
import org.apache.curator.x.discovery.ServiceProvider;

final class Discovery {
    private static final String SERVICE = "service";

    static void register(Checks checks) {
        checks.add("service_is_registered_and_found", Discovery::registered);
        checks.add("service_outlives_its_session", Discovery::outlives);
        checks.add("service_provider_and_cache", Discovery::providerAndCache);
    }

    private static void registered(Context context) throws Exception {
        ServiceInstance<String> one = instance(1);
        ServiceDiscovery<String> server = discovery(context, context.newClient(), one);
        ServiceDiscovery<String> reader = discovery(context, context.client, null);
        Context.equal(reader.queryForNames(), List.of(SERVICE), "the names");
        Context.equal(reader.queryForInstance(SERVICE, one.getId()).getPort(), 1, "the instance");
        ServiceInstance<String> two = instance(2);
        server.registerService(two);
        Context.equal(reader.queryForInstances(SERVICE).size(), 2, "both");
        server.updateService(ServiceInstance.<String>builder().name(SERVICE).id(two.getId()).payload("changed").port(2).build());
        Context.equal(reader.queryForInstance(SERVICE, two.getId()).getPayload(), "changed", "the payload");
        server.unregisterService(two);
        Context.equal(ports(reader.queryForInstances(SERVICE)), Set.of(1), "one is left");
    }

    private static void outlives(Context context) throws Exception {
        CuratorFramework client = context.newClient();
        // Another instance keeps the service's folder, a container, from being reaped: Curator gives up for good when that happens while it
        // registers again (it looks which folders are there, then creates those that are missing).
        discovery(context, context.client, instance(2));
        ServiceInstance<String> one = instance(1);
        discovery(context, client, one);
        String path = context.path("services/" + SERVICE + "/" + one.getId());
        long first = context.client.checkExists().forPath(path).getEphemeralOwner();
        context.endSession(client);
        Context.eventually(() -> {
            var stat = context.client.checkExists().forPath(path);
            return stat != null && stat.getEphemeralOwner() != first;
        }, "it is registered again by the next session");
    }

    private static void providerAndCache(Context context) throws Exception {
        ServiceDiscovery<String> server = discovery(context, context.newClient(), instance(1));
        ServiceDiscovery<String> reader = discovery(context, context.client, null);
        ServiceCache<String> cache = context.closing(reader.serviceCacheBuilder().name(SERVICE).build());
        cache.start();
        ServiceProvider<String> provider = context.closing(reader.serviceProviderBuilder().serviceName(SERVICE).build());
        provider.start();
        Context.equal(provider.getInstance().getPort(), 1, "the only instance");
        server.registerService(instance(2));
        Context.eventually(() -> ports(cache.getInstances()).equals(Set.of(1, 2)), "the cache has both");
        Set<Integer> provided = new HashSet<>();
        Context.eventually(() -> {
            provided.add(provider.getInstance().getPort());
            return provided.size() == 2;
        }, "the provider takes turns");
        server.close();
        Context.eventually(() -> cache.getInstances().isEmpty(), "the cache is empty");
        Context.eventually(() -> provider.getInstance() == null, "nothing is provided");
    }

    private static ServiceDiscovery<String> discovery(Context context, CuratorFramework client, ServiceInstance<String> own) throws Exception {
        ServiceDiscovery<String> discovery = ServiceDiscoveryBuilder.builder(String.class)
            .client(client)
            .basePath(context.path("services"))
            .thisInstance(own)
            .watchInstances(true)
            .build();
        context.closing(discovery).start();
        return discovery;
    }

    private static ServiceInstance<String> instance(int port) throws Exception {
        return ServiceInstance.<String>builder().name(SERVICE).port(port).payload("first").build();
    }

    private static Set<Integer> ports(Collection<ServiceInstance<String>> instances) {
        Set<Integer> ports = new HashSet<>();
        for (ServiceInstance<String> instance : instances) ports.add(instance.getPort());
        return ports;
    }
}
