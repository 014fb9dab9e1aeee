// The operations of Curator's framework that recipes are built from.

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.curator.framework.api.transaction.CuratorTransactionResult;
import org.apache.curator.framework.recipes.watch.PersistentWatcher;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.Stat;

final class Operations {
    static void register(Checks checks) {
        checks.add("create_parents_as_containers", Operations::containers);
        checks.add("protected_create", Operations::protectedCreate);
        checks.add("create_or_set_data", Operations::orSetData);
        checks.add("idempotent_operations", Operations::idempotent);
        checks.add("create_with_ttl", Operations::ttl);
        checks.add("transaction_is_all_or_nothing", Operations::transaction);
        checks.add("background_operations", Operations::background);
        checks.add("acl_and_digest_authorization", Operations::acl);
        checks.add("namespace", Operations::namespace);
        checks.add("persistent_watches", Operations::persistentWatches);
        checks.add("remove_watches", Operations::removeWatches);
        checks.add("compression_and_large_data", Operations::largeData);
        checks.add("sync_and_config", Operations::syncAndConfig);
    }

    private static void containers(Context context) throws Exception {
        context.client.create().creatingParentContainersIfNeeded().forPath(context.path("a/b/c"));
        context.client.delete().forPath(context.path("a/b/c"));
        Context.eventually(() -> context.client.checkExists().forPath(context.path("a")) == null, "both empty containers are removed");
    }

    private static void protectedCreate(Context context) throws Exception {
        String path = context.client.create().withProtection().withMode(CreateMode.EPHEMERAL_SEQUENTIAL).forPath(context.path("p-"));
        Context.isTrue(path.matches(".*/_c_[-0-9a-f]{36}-p-0000000000"), "a protected, numbered name: " + path);
        Stat stat = context.client.checkExists().forPath(path);
        Context.equal(stat.getEphemeralOwner(), context.client.getZookeeperClient().getZooKeeper().getSessionId(), "the owner");
    }

    private static void orSetData(Context context) throws Exception {
        context.client.create().orSetData().forPath(context.path("n"), new byte[] {1});
        context.client.create().orSetData().forPath(context.path("n"), new byte[] {2});
        Context.equal(context.client.getData().forPath(context.path("n")), new byte[] {2}, "the second value");
    }

    private static void idempotent(Context context) throws Exception {
        String path = context.path("n");
        context.client.create().idempotent().forPath(path, new byte[] {1});
        context.client.create().idempotent().forPath(path, new byte[] {1});
        context.client.setData().idempotent().withVersion(0).forPath(path, new byte[] {2});
        context.client.setData().idempotent().withVersion(0).forPath(path, new byte[] {2});
        Context.fails(KeeperException.BadVersionException.class, () -> context.client.setData().withVersion(0).forPath(path, new byte[] {3}));
        context.client.delete().idempotent().forPath(path);
        context.client.delete().idempotent().forPath(path);
    }

    private static void ttl(Context context) throws Exception {
        context.client.create().withTtl(100).withMode(CreateMode.PERSISTENT_WITH_TTL).forPath(context.path("ttl"));
        context.client.create().withTtl(100).withMode(CreateMode.PERSISTENT_SEQUENTIAL_WITH_TTL).forPath(context.path("ttl-"));
        Context.eventually(() -> context.client.getChildren().forPath(context.root).isEmpty(), "both go when their time is over");
    }

    private static void transaction(Context context) throws Exception {
        CuratorFramework client = context.client;
        CuratorOp create = client.transactionOp().create().withMode(CreateMode.PERSISTENT_SEQUENTIAL).forPath(context.path("t-"), new byte[] {1});
        CuratorOp set = client.transactionOp().setData().forPath(context.root, new byte[] {2});
        CuratorOp check = client.transactionOp().check().withVersion(1).forPath(context.root);
        CuratorOp delete = client.transactionOp().delete().forPath(context.path("t-0000000000"));
        List<CuratorTransactionResult> results = client.transaction().forOperations(create, set, check, delete);
        Context.equal(results.get(0).getResultPath(), context.path("t-0000000000"), "the created path");
        Context.equal(results.get(1).getResultStat().getVersion(), 1, "the new version");
        KeeperException failure = Context.fails(KeeperException.class, () -> client.transaction().forOperations(create, set, check));
        Context.equal(failure.code(), KeeperException.Code.BADVERSION, "the code of the failed transaction");
        Context.equal(failure.getResults().size(), 3, "a result for each operation");
        Context.equal(client.getChildren().forPath(context.root), List.of(), "nothing of it was done");
    }

    private static void background(Context context) throws Exception {
        CountDownLatch created = new CountDownLatch(100);
        for (int i = 0; i < 100; i++) {
            context.client.create().withMode(CreateMode.PERSISTENT_SEQUENTIAL).inBackground((client, event) -> {
                if (event.getResultCode() == 0) created.countDown();
            }).forPath(context.path("n-"));
        }
        Context.await(created, "100 nodes created in the background");
        Context.equal(context.client.getChildren().forPath(context.root).size(), 100, "the children");
    }

    private static void acl(Context context) throws Exception {
        CuratorFramework owner = context.started(
            CuratorFrameworkFactory.builder().connectString(context.hosts).authorization("digest", "user:secret".getBytes()));
        owner.create().withACL(ZooDefs.Ids.CREATOR_ALL_ACL).forPath(context.path("mine"), new byte[] {7});
        Context.equal(owner.getData().forPath(context.path("mine")), new byte[] {7}, "its owner reads it");
        Context.fails(KeeperException.NoAuthException.class, () -> context.client.getData().forPath(context.path("mine")));
        Context.fails(KeeperException.NoAuthException.class, () -> context.client.setData().forPath(context.path("mine")));
        Context.equal(owner.getACL().forPath(context.path("mine")).get(0).getId().getScheme(), "digest", "the scheme");
        owner.setACL().withACL(ZooDefs.Ids.OPEN_ACL_UNSAFE).forPath(context.path("mine"));
        Context.equal(context.client.getData().forPath(context.path("mine")), new byte[] {7}, "everybody reads it");
    }

    private static void namespace(Context context) throws Exception {
        CuratorFramework inside = context.client.usingNamespace(context.root.substring(1) + "/space");
        inside.create().creatingParentsIfNeeded().forPath("/a/b");
        Context.isTrue(context.client.checkExists().forPath(context.path("space/a/b")) != null, "it is there under its whole path");
        Context.equal(inside.getChildren().forPath("/"), List.of("a"), "the children of the space");
        CuratorFramework chrooted = context.newClient(context.hosts + context.path("space"));
        Context.equal(chrooted.getChildren().forPath("/a"), List.of("b"), "the same by a chroot");
    }

    private static void persistentWatches(Context context) throws Exception {
        PersistentWatcher watcher = context.closing(new PersistentWatcher(context.client, context.root, true));
        CountDownLatch events = new CountDownLatch(4);
        CountDownLatch armed = new CountDownLatch(1);
        watcher.getListenable().addListener(event -> {
            if (event.getType() != Watcher.Event.EventType.None) events.countDown();
        });
        watcher.getResetListenable().addListener(armed::countDown);
        watcher.start();
        Context.await(armed, "the watch is armed");
        context.client.create().forPath(context.path("a"));
        context.client.create().forPath(context.path("a/b"));
        context.client.setData().forPath(context.path("a/b"), new byte[] {1});
        context.client.delete().forPath(context.path("a/b"));
        Context.await(events, "an event for each of four changes");
    }

    private static void removeWatches(Context context) throws Exception {
        CountDownLatch removed = new CountDownLatch(1);
        CountDownLatch fired = new CountDownLatch(1);
        Watcher watcher = event -> {
            if (event.getType() == Watcher.Event.EventType.PersistentWatchRemoved) removed.countDown();
            else if (event.getType() != Watcher.Event.EventType.None) fired.countDown();
        };
        context.client.watchers().add().withMode(AddWatchMode.PERSISTENT).usingWatcher(watcher).forPath(context.root);
        context.client.watchers().remove(watcher).ofType(Watcher.WatcherType.Any).forPath(context.root);
        Context.await(removed, "the removal is told");
        context.client.create().forPath(context.path("a"));
        context.client.sync().forPath(context.root);
        Context.isTrue(!fired.await(200, TimeUnit.MILLISECONDS), "a removed watch is silent");
        Context.fails(
            KeeperException.NoWatcherException.class,
            () -> context.client.watchers().remove(watcher).ofType(Watcher.WatcherType.Any).forPath(context.root));
    }

    private static void largeData(Context context) throws Exception {
        byte[] data = new byte[1000 * 1024];
        for (int i = 0; i < data.length; i++) data[i] = (byte) (i * 31);
        context.client.create().forPath(context.path("large"), data);
        Context.equal(context.client.getData().forPath(context.path("large")), data, "1,000 KiB");
        context.client.create().compressed().forPath(context.path("small"), new byte[100_000]);
        Context.isTrue(context.client.checkExists().forPath(context.path("small")).getDataLength() < 1000, "it is stored compressed");
        Context.equal(context.client.getData().decompressed().forPath(context.path("small")), new byte[100_000], "as it was");
    }

    private static void syncAndConfig(Context context) throws Exception {
        CountDownLatch synced = new CountDownLatch(1);
        context.client.sync().inBackground((client, event) -> synced.countDown()).forPath(context.root);
        Context.await(synced, "sync answers");
        Context.isTrue(context.client.getConfig().forEnsemble() != null, "the configuration can be read");
    }
}
