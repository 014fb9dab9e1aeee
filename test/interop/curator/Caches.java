// Curator's caches: what they hold and tell must be what the server has, also after cuts.

import java.util.ArrayList;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.cache.ChildData;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.cache.CuratorCacheListener;
import org.apache.curator.framework.recipes.cache.NodeCache;
import org.apache.curator.framework.recipes.cache.PathChildrenCache;
import org.apache.curator.framework.recipes.cache.TreeCache;
import org.apache.curator.framework.state.ConnectionState;

final class Caches {
    static void register(Checks checks) {
        checks.add("path_children_cache", Caches::pathChildrenCache);
        checks.add("path_children_cache_after_a_partition", Caches::pathChildrenCacheAfterPartition);
        checks.add("node_cache", Caches::nodeCache);
        checks.add("tree_cache", Caches::treeCache);
        checks.add("curator_cache", Caches::curatorCache);
        checks.add("curator_cache_of_one_node", Caches::curatorCacheOfOneNode);
        checks.add("curator_cache_after_a_partition", Caches::curatorCacheAfterPartition);
        checks.add("curator_cache_after_the_end_of_its_session", Caches::curatorCacheAfterSessionEnd);
    }

    @SuppressWarnings("deprecation")
    private static void pathChildrenCache(Context context) throws Exception {
        context.client.create().forPath(context.path("a"), new byte[] {1});
        PathChildrenCache cache = context.closing(new PathChildrenCache(context.client, context.root, true));
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        cache.getListenable().addListener((ignored, event) -> {
            if (event.getData() != null) events.add(event.getType() + " " + event.getData().getPath().substring(context.root.length()));
        });
        cache.start(PathChildrenCache.StartMode.BUILD_INITIAL_CACHE);
        Context.equal(cache.getCurrentData(context.path("a")).getData(), new byte[] {1}, "what was there");
        context.client.create().forPath(context.path("b"));
        next(events, "CHILD_ADDED /b");
        context.client.setData().forPath(context.path("a"), new byte[] {2});
        next(events, "CHILD_UPDATED /a");
        context.client.delete().forPath(context.path("a"));
        next(events, "CHILD_REMOVED /a");
        Context.equal(cache.getCurrentData().size(), 1, "what is left");
    }

    @SuppressWarnings("deprecation")
    private static void pathChildrenCacheAfterPartition(Context context) throws Exception {
        Proxy proxy = context.newProxy();
        CuratorFramework client = context.newClient(proxy.hosts());
        context.client.create().forPath(context.path("goes"));
        PathChildrenCache cache = context.closing(new PathChildrenCache(client, context.root, true));
        cache.start(PathChildrenCache.StartMode.BUILD_INITIAL_CACHE);
        changeDuringPartition(context, proxy, client);
        Context.eventually(
            () -> cache.getCurrentData().size() == 1 && cache.getCurrentData(context.path("comes")) != null,
            "the cache has what the server has");
    }

    @SuppressWarnings("deprecation")
    private static void nodeCache(Context context) throws Exception {
        NodeCache cache = context.closing(new NodeCache(context.client, context.path("node")));
        cache.start(true);
        Context.isTrue(cache.getCurrentData() == null, "it is not there");
        context.client.create().forPath(context.path("node"), new byte[] {1});
        Context.eventually(() -> cache.getCurrentData() != null && cache.getCurrentData().getData()[0] == 1, "created");
        context.client.setData().forPath(context.path("node"), new byte[] {2});
        Context.eventually(() -> cache.getCurrentData().getData()[0] == 2, "changed");
        context.client.delete().forPath(context.path("node"));
        Context.eventually(() -> cache.getCurrentData() == null, "deleted");
    }

    @SuppressWarnings("deprecation")
    private static void treeCache(Context context) throws Exception {
        context.client.create().creatingParentsIfNeeded().forPath(context.path("a/b"), new byte[] {1});
        TreeCache cache = context.closing(new TreeCache(context.client, context.root));
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        CountDownLatch initialised = new CountDownLatch(1);
        cache.getListenable().addListener((ignored, event) -> {
            String path = event.getData() == null ? "" : event.getData().getPath().substring(context.root.length());
            if (initialised.getCount() == 0) events.add(event.getType() + " " + path);
            if (event.getType() == org.apache.curator.framework.recipes.cache.TreeCacheEvent.Type.INITIALIZED) initialised.countDown();
        });
        cache.start();
        Context.await(initialised, "the cache is filled");
        Context.equal(cache.getCurrentData(context.path("a/b")).getData(), new byte[] {1}, "what was there");
        context.client.create().forPath(context.path("a/b/c"));
        next(events, "NODE_ADDED /a/b/c");
        context.client.setData().forPath(context.path("a/b"), new byte[] {2});
        next(events, "NODE_UPDATED /a/b");
        context.client.delete().forPath(context.path("a/b/c"));
        next(events, "NODE_REMOVED /a/b/c");
        Context.equal(cache.getCurrentChildren(context.path("a")).keySet(), Set.of("b"), "the children");
    }

    private static void curatorCache(Context context) throws Exception {
        context.client.create().forPath(context.path("a"), new byte[] {1});
        CuratorCache cache = context.closing(CuratorCache.build(context.client, context.root));
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        cache.listenable().addListener(CuratorCacheListener.builder()
            .forCreates(node -> events.add("created " + node.getPath().substring(context.root.length())))
            .forChanges((before, node) -> events.add("changed " + node.getPath().substring(context.root.length())))
            .forDeletes(node -> events.add("deleted " + node.getPath().substring(context.root.length())))
            .afterInitialized()
            .build());
        filled(cache);
        context.client.create().forPath(context.path("a/b"));
        next(events, "created /a/b");
        context.client.setData().forPath(context.path("a"), new byte[] {2});
        next(events, "changed /a");
        context.client.delete().forPath(context.path("a/b"));
        next(events, "deleted /a/b");
        same(context, cache);
    }

    private static void curatorCacheOfOneNode(Context context) throws Exception {
        CuratorCache cache = context.closing(CuratorCache.build(context.client, context.root, CuratorCache.Options.SINGLE_NODE_CACHE));
        filled(cache);
        context.client.create().forPath(context.path("a"));
        context.client.setData().forPath(context.root, new byte[] {9});
        Context.eventually(() -> cache.get(context.root).get().getData()[0] == 9, "the change is seen");
        Context.equal(cache.size(), 1, "the node alone");
    }

    private static void curatorCacheAfterPartition(Context context) throws Exception {
        Proxy proxy = context.newProxy();
        CuratorFramework client = context.newClient(proxy.hosts());
        context.client.create().forPath(context.path("goes"));
        CuratorCache cache = context.closing(CuratorCache.build(client, context.root));
        filled(cache);
        changeDuringPartition(context, proxy, client);
        same(context, cache);
        context.client.create().forPath(context.path("after"));
        same(context, cache);
    }

    private static void curatorCacheAfterSessionEnd(Context context) throws Exception {
        CuratorFramework client = context.newClient();
        CuratorCache cache = context.closing(CuratorCache.build(client, context.root));
        filled(cache);
        BlockingQueue<ConnectionState> states = Connections.states(client);
        context.endSession(client);
        Context.eventually(() -> states.contains(ConnectionState.RECONNECTED), "a new session");
        context.client.create().forPath(context.path("after"), new byte[] {1});
        same(context, cache);
    }

    /** While `client` is away one child goes and another comes. */
    private static void changeDuringPartition(Context context, Proxy proxy, CuratorFramework client) throws Exception {
        BlockingQueue<ConnectionState> states = Connections.states(client);
        proxy.partition();
        Connections.next(states, ConnectionState.SUSPENDED);
        context.client.delete().forPath(context.path("goes"));
        context.client.create().forPath(context.path("comes"));
        proxy.restore();
        Connections.next(states, ConnectionState.RECONNECTED);
    }

    private static void filled(CuratorCache cache) throws Exception {
        CountDownLatch initialised = new CountDownLatch(1);
        cache.listenable().addListener(CuratorCacheListener.builder().forInitialized(initialised::countDown).build());
        cache.start();
        Context.await(initialised, "the cache is filled");
    }

    private static void same(Context context, CuratorCache cache) throws Exception {
        Context.eventually(() -> {
            Map<String, Integer> cached = new TreeMap<>(
                cache.stream().collect(Collectors.toMap(ChildData::getPath, node -> node.getStat().getVersion())));
            Map<String, Integer> served = new TreeMap<>();
            read(context, context.root, served);
            return cached.equals(served);
        }, "the cache has what the server has");
    }

    private static void read(Context context, String path, Map<String, Integer> into) throws Exception {
        into.put(path, context.client.checkExists().forPath(path).getVersion());
        for (String child : new ArrayList<>(context.client.getChildren().forPath(path))) read(context, path + "/" + child, into);
    }

    private static void next(BlockingQueue<String> events, String expected) throws Exception {
        Context.equal(events.poll(Context.WAIT_SECONDS, TimeUnit.SECONDS), expected, "the next event");
    }
}
