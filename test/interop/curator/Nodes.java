// Nodes that Curator keeps alive, and groups made of them.

import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.nodes.GroupMember;
import org.apache.curator.framework.recipes.nodes.PersistentNode;
import org.apache.curator.framework.recipes.nodes.PersistentTtlNode;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.data.Stat;

final class Nodes {
    static void register(Checks checks) {
        checks.add("persistent_node_comes_back", Nodes::persistentNode);
        checks.add("persistent_node_outlives_its_session", Nodes::persistentNodeOutlives);
        checks.add("persistent_ttl_node", Nodes::persistentTtlNode);
        checks.add("group_member", Nodes::groupMember);
    }

    private static void persistentNode(Context context) throws Exception {
        PersistentNode node = context.closing(
            new PersistentNode(context.client, CreateMode.EPHEMERAL, false, context.path("node"), new byte[] {1}));
        node.start();
        Context.isTrue(node.waitForInitialCreate(Context.WAIT_SECONDS, TimeUnit.SECONDS), "it is made");
        long first = stat(context, "node").getCzxid();
        context.client.delete().forPath(context.path("node"));
        Context.eventually(() -> stat(context, "node") != null && stat(context, "node").getCzxid() > first, "it is made again");
        node.setData(new byte[] {2});
        Context.eventually(() -> context.client.getData().forPath(context.path("node"))[0] == 2, "it has new data");
        node.close();
        Context.isTrue(stat(context, "node") == null, "it is gone");
    }

    private static void persistentNodeOutlives(Context context) throws Exception {
        CuratorFramework client = context.newClient();
        PersistentNode node = context.closing(
            new PersistentNode(client, CreateMode.EPHEMERAL_SEQUENTIAL, true, context.path("node-"), new byte[0]));
        node.start();
        Context.isTrue(node.waitForInitialCreate(Context.WAIT_SECONDS, TimeUnit.SECONDS), "it is made");
        long first = client.getZookeeperClient().getZooKeeper().getSessionId();
        context.endSession(client);
        Context.eventually(() -> {
            if (context.client.getChildren().forPath(context.root).size() != 1) return false;
            Stat stat = context.client.checkExists().forPath(node.getActualPath());
            return stat != null && stat.getEphemeralOwner() != first;
        }, "it is made again by the next session");
    }

    private static void persistentTtlNode(Context context) throws Exception {
        PersistentTtlNode node = new PersistentTtlNode(context.client, context.path("ttl"), 1000, new byte[] {1});
        node.start();
        Context.isTrue(node.waitForInitialCreate(Context.WAIT_SECONDS, TimeUnit.SECONDS), "it is made");
        // Its child is touched again and again, which keeps the container of the two.
        Context.eventually(() -> {
            Stat touched = stat(context, "ttl/" + PersistentTtlNode.DEFAULT_CHILD_NODE_NAME);
            return touched != null && touched.getVersion() >= 2;
        }, "it is touched");
        node.close();
        Context.eventually(() -> stat(context, "ttl") == null, "it goes when nobody touches it");
    }

    private static void groupMember(Context context) throws Exception {
        CuratorFramework client = context.newClient();
        GroupMember first = context.closing(new GroupMember(context.client, context.path("group"), "first", new byte[] {1}));
        GroupMember second = context.closing(new GroupMember(client, context.path("group"), "second"));
        first.start();
        second.start();
        Context.eventually(() -> first.getCurrentMembers().keySet().equals(Set.of("first", "second")), "both are members");
        // It may be back before anybody looks: the events tell.
        CountDownLatch left = new CountDownLatch(1);
        CountDownLatch back = new CountDownLatch(1);
        String path = context.path("group") + "/second";
        Watcher watcher = event -> {
            if (event.getType() == Watcher.Event.EventType.NodeDeleted) left.countDown();
            if (event.getType() == Watcher.Event.EventType.NodeCreated && left.getCount() == 0) back.countDown();
        };
        context.client.watchers().add().withMode(AddWatchMode.PERSISTENT).usingWatcher(watcher).forPath(path);
        context.endSession(client);
        Context.await(left, "the session's end is seen");
        Context.await(back, "the second comes back");
        Context.eventually(() -> first.getCurrentMembers().containsKey("second"), "it is a member again");
        first.setThisData(new byte[] {5});
        Context.eventually(() -> second.getCurrentMembers().get("first")[0] == 5, "its data is seen");
        first.close();
        Context.eventually(() -> second.getCurrentMembers().keySet().equals(Set.of("second")), "one has left");
    }

    private static Stat stat(Context context, String name) throws Exception {
        return context.client.checkExists().forPath(context.path(name));
    }
}
