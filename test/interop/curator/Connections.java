// Curator's view of a connection: cut, restored, its session ended; and what its operations do meanwhile.

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher.Event.EventType;

final class Connections {
    static void register(Checks checks) {
        checks.add("connection_cut_is_suspended_then_reconnected", Connections::cut);
        checks.add("session_end_is_lost_then_reconnected", Connections::sessionEnd);
        checks.add("operation_waits_for_the_connection", Connections::waits);
        checks.add("watch_is_armed_again_after_a_cut", Connections::watchSurvives);
        checks.add("change_while_away_fires_the_watch", Connections::watchCatchesUp);
        checks.add("ephemeral_survives_a_cut", Connections::ephemeralSurvives);
    }

    private static void cut(Context context) throws Exception {
        Proxy proxy = context.newProxy();
        CuratorFramework client = context.newClient(proxy.hosts());
        BlockingQueue<ConnectionState> states = states(client);
        proxy.cut();
        next(states, ConnectionState.SUSPENDED);
        next(states, ConnectionState.RECONNECTED);
    }

    private static void sessionEnd(Context context) throws Exception {
        BlockingQueue<ConnectionState> states = states(context.client);
        long before = context.client.getZookeeperClient().getZooKeeper().getSessionId();
        context.endSession(context.client);
        // A connection that is cut first is reported as such; the end of the session is what counts.
        ConnectionState state = states.poll(Context.WAIT_SECONDS, TimeUnit.SECONDS);
        if (state == ConnectionState.SUSPENDED) state = states.poll(Context.WAIT_SECONDS, TimeUnit.SECONDS);
        Context.equal(state, ConnectionState.LOST, "the state after the end of the session");
        next(states, ConnectionState.RECONNECTED);
        long after = context.client.getZookeeperClient().getZooKeeper().getSessionId();
        Context.isTrue(before != after, "a session of its own follows");
    }

    private static void waits(Context context) throws Exception {
        Proxy proxy = context.newProxy();
        CuratorFramework client = context.newClient(proxy.hosts());
        BlockingQueue<ConnectionState> states = states(client);
        proxy.partition();
        next(states, ConnectionState.SUSPENDED);
        Future<String> created = context.async(() -> client.create().forPath(context.path("late")));
        proxy.restore();
        Context.equal(Context.get(created), context.path("late"), "the path created after the partition");
    }

    private static void watchSurvives(Context context) throws Exception {
        Proxy proxy = context.newProxy();
        CuratorFramework client = context.newClient(proxy.hosts());
        BlockingQueue<ConnectionState> states = states(client);
        CountDownLatch created = new CountDownLatch(1);
        client.checkExists().usingWatcher((org.apache.curator.framework.api.CuratorWatcher) event -> {
            if (event.getType() == EventType.NodeCreated) created.countDown();
        }).forPath(context.path("later"));
        proxy.cut();
        next(states, ConnectionState.SUSPENDED);
        next(states, ConnectionState.RECONNECTED);
        context.client.create().forPath(context.path("later"));
        Context.await(created, "the watch fires after the reconnect");
    }

    private static void watchCatchesUp(Context context) throws Exception {
        Proxy proxy = context.newProxy();
        CuratorFramework client = context.newClient(proxy.hosts());
        BlockingQueue<ConnectionState> states = states(client);
        CountDownLatch changed = new CountDownLatch(1);
        context.client.create().forPath(context.path("node"));
        client.getData().usingWatcher((org.apache.curator.framework.api.CuratorWatcher) event -> {
            if (event.getType() == EventType.NodeDataChanged) changed.countDown();
        }).forPath(context.path("node"));
        proxy.partition();
        next(states, ConnectionState.SUSPENDED);
        context.client.setData().forPath(context.path("node"), new byte[] {1});
        proxy.restore();
        Context.await(changed, "the change made meanwhile fires the watch");
    }

    private static void ephemeralSurvives(Context context) throws Exception {
        Proxy proxy = context.newProxy();
        CuratorFramework client = context.newClient(proxy.hosts());
        BlockingQueue<ConnectionState> states = states(client);
        client.create().withMode(CreateMode.EPHEMERAL).forPath(context.path("mine"));
        proxy.cut();
        next(states, ConnectionState.SUSPENDED);
        next(states, ConnectionState.RECONNECTED);
        Context.isTrue(context.client.checkExists().forPath(context.path("mine")) != null, "the ephemeral is there");
        client.close();
        Context.isTrue(context.client.checkExists().forPath(context.path("mine")) == null, "the ephemeral goes with its client");
    }

    static BlockingQueue<ConnectionState> states(CuratorFramework client) {
        BlockingQueue<ConnectionState> states = new LinkedBlockingQueue<>();
        // The first connection is told in its own time.
        client.getConnectionStateListenable().addListener((ignored, state) -> {
            if (state != ConnectionState.CONNECTED) states.add(state);
        });
        return states;
    }

    static void next(BlockingQueue<ConnectionState> states, ConnectionState expected) throws Exception {
        Context.equal(states.poll(Context.WAIT_SECONDS, TimeUnit.SECONDS), expected, "the next state of the connection");
    }
}
