// What a check works with: clients, a path of its own, threads, and ways to break a session. All of it goes when the check ends.

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryForever;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;

final class Context implements AutoCloseable {
    static final int WAIT_SECONDS = 20;
    private static final int SESSION_MS = 10_000;
    private static final int CONNECT_MS = 10_000;
    private static final int RETRY_MS = 50;

    interface Condition {
        boolean holds() throws Exception;
    }

    final String hosts;
    /** The first client. */
    final CuratorFramework client;
    /** Where the check may do as it likes. It exists. */
    final String root = "/curator-" + UUID.randomUUID();
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    Context(String hosts) throws Exception {
        this.hosts = hosts;
        client = newClient();
        client.create().forPath(root);
    }

    CuratorFramework newClient() throws Exception {
        return newClient(hosts);
    }

    CuratorFramework newClient(String connectString) throws Exception {
        return started(CuratorFrameworkFactory.builder().connectString(connectString));
    }

    CuratorFramework started(CuratorFrameworkFactory.Builder builder) throws Exception {
        CuratorFramework made = builder
            .sessionTimeoutMs(SESSION_MS)
            .connectionTimeoutMs(CONNECT_MS)
            .retryPolicy(new RetryForever(RETRY_MS))
            .build();
        made.start();
        if (!made.blockUntilConnected(WAIT_SECONDS, TimeUnit.SECONDS)) throw new AssertionError("not connected");
        return closing(made);
    }

    /** A proxy before the server, whose connections can be cut. */
    Proxy newProxy() throws Exception {
        return closing(new Proxy(hosts));
    }

    /** Closed at the end of the check, last one first. */
    <T extends AutoCloseable> T closing(T resource) {
        resources.push(resource);
        return resource;
    }

    String path(String name) {
        return root + "/" + name;
    }

    <T> Future<T> async(Callable<T> body) {
        return threads.submit(body);
    }

    /** Ends a client's session on the server, as an expiry does: a twin attaches to it and closes it, until the server knows it no more. */
    void endSession(CuratorFramework of) throws Exception {
        ZooKeeper owner = of.getZookeeperClient().getZooKeeper();
        long id = owner.getSessionId();
        byte[] password = owner.getSessionPasswd();
        // Once is not enough when the owner takes its session back in between: the twin's close is then lost with its connection.
        while (closeAsTwin(id, password)) Thread.sleep(1);
    }

    /** False when the session had ended already. */
    private boolean closeAsTwin(long id, byte[] password) throws Exception {
        CountDownLatch answered = new CountDownLatch(1);
        AtomicBoolean attached = new AtomicBoolean();
        Watcher watcher = event -> {
            if (event.getState() == Watcher.Event.KeeperState.SyncConnected) attached.set(true);
            else if (event.getState() != Watcher.Event.KeeperState.Expired) return;
            answered.countDown();
        };
        ZooKeeper twin = new ZooKeeper(hosts, SESSION_MS, watcher, id, password);
        await(answered, "the twin of the session is answered");
        twin.close();
        return attached.get();
    }

    @Override
    public void close() throws Exception {
        threads.shutdownNow();
        while (!resources.isEmpty()) {
            AutoCloseable resource = resources.pop();
            if (resource == client) client.delete().guaranteed().deletingChildrenIfNeeded().forPath(root);
            resource.close();
        }
    }

    static <T> T get(Future<T> future) throws Exception {
        return future.get(WAIT_SECONDS, TimeUnit.SECONDS);
    }

    static void await(CountDownLatch latch, String what) throws Exception {
        isTrue(latch.await(WAIT_SECONDS, TimeUnit.SECONDS), what);
    }

    /** Waits for a condition that nothing announces. */
    static void eventually(Condition condition, String what) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_SECONDS);
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) throw new AssertionError("not in time: " + what);
            Thread.sleep(10);
        }
    }

    static void isTrue(boolean condition, String what) {
        if (!condition) throw new AssertionError(what);
    }

    static void equal(Object actual, Object expected, String what) {
        if (!Objects.deepEquals(actual, expected)) throw new AssertionError(what + ": expected " + expected + ", got " + actual);
    }

    static <E extends Throwable> E fails(Class<E> type, Callable<?> body) {
        Object result;
        try {
            result = body.call();
        } catch (Throwable thrown) {
            if (type.isInstance(thrown)) return type.cast(thrown);
            throw new AssertionError("expected " + type.getSimpleName(), thrown);
        }
        throw new AssertionError("expected " + type.getSimpleName() + ", got " + result);
    }
}
