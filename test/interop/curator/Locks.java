// Curator's locks and semaphores.

import java.util.Collection;
import java.util.List;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.locks.InterProcessMultiLock;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreMutex;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.framework.recipes.locks.Lease;
import org.apache.curator.framework.recipes.locks.Revoker;
import org.apache.curator.framework.recipes.shared.SharedCount;

final class Locks {
    private static final int SHORT_MS = 200;

    static void register(Checks checks) {
        checks.add("mutex_excludes", Locks::mutexExcludes);
        checks.add("mutex_is_reentrant", Locks::mutexIsReentrant);
        checks.add("mutex_under_contention", Locks::mutexUnderContention);
        checks.add("mutex_of_an_ended_session_is_free", Locks::mutexOfEndedSession);
        checks.add("mutex_survives_a_cut", Locks::mutexSurvivesCut);
        checks.add("mutex_can_be_revoked", Locks::mutexRevoked);
        checks.add("semaphore_mutex", Locks::semaphoreMutex);
        checks.add("multi_lock", Locks::multiLock);
        checks.add("read_write_lock_shares_and_excludes", Locks::readWriteLock);
        checks.add("read_write_lock_downgrades", Locks::downgrade);
        checks.add("semaphore_v2_limits_leases", Locks::semaphore);
        checks.add("semaphore_v2_of_an_ended_session", Locks::semaphoreOfEndedSession);
        checks.add("semaphore_v2_follows_a_shared_count", Locks::semaphoreOfSharedCount);
    }

    private static void mutexExcludes(Context context) throws Exception {
        InterProcessMutex first = new InterProcessMutex(context.client, context.path("lock"));
        InterProcessMutex second = new InterProcessMutex(context.newClient(), context.path("lock"));
        Context.isTrue(acquire(first), "the first has it");
        Context.isTrue(!second.acquire(SHORT_MS, TimeUnit.MILLISECONDS), "the second does not");
        Context.equal(first.getParticipantNodes().size(), 1, "who gave up left the queue");
        Future<Boolean> waiting = context.async(() -> acquire(second));
        Context.eventually(() -> first.getParticipantNodes().size() == 2, "the second waits in the queue");
        first.release();
        Context.isTrue(Context.get(waiting), "the second has it next");
    }

    private static void mutexIsReentrant(Context context) throws Exception {
        InterProcessMutex mutex = new InterProcessMutex(context.client, context.path("lock"));
        InterProcessMutex other = new InterProcessMutex(context.newClient(), context.path("lock"));
        Context.isTrue(acquire(mutex) && acquire(mutex), "twice by one thread");
        mutex.release();
        Context.isTrue(!other.acquire(SHORT_MS, TimeUnit.MILLISECONDS), "still held");
        mutex.release();
        Context.isTrue(acquire(other), "free");
        Context.fails(IllegalMonitorStateException.class, () -> {
            mutex.release();
            return null;
        });
    }

    private static void mutexUnderContention(Context context) throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        List<Future<Void>> workers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            CuratorFramework client = context.newClient();
            for (int thread = 0; thread < 2; thread++) {
                InterProcessMutex mutex = new InterProcessMutex(client, context.path("lock"));
                workers.add(context.async(() -> {
                    for (int round = 0; round < 10; round++) {
                        mutex.acquire();
                        Context.equal(inside.incrementAndGet(), 1, "holders at once");
                        done.incrementAndGet();
                        inside.decrementAndGet();
                        mutex.release();
                    }
                    return null;
                }));
            }
        }
        for (Future<Void> worker : workers) Context.get(worker);
        Context.equal(done.get(), 80, "rounds");
    }

    private static void mutexOfEndedSession(Context context) throws Exception {
        CuratorFramework holder = context.newClient();
        Context.isTrue(acquire(new InterProcessMutex(holder, context.path("lock"))), "held");
        context.endSession(holder);
        Context.isTrue(acquire(new InterProcessMutex(context.client, context.path("lock"))), "free again");
    }

    private static void mutexSurvivesCut(Context context) throws Exception {
        Proxy proxy = context.newProxy();
        InterProcessMutex held = new InterProcessMutex(context.newClient(proxy.hosts()), context.path("lock"));
        InterProcessMutex other = new InterProcessMutex(context.client, context.path("lock"));
        Context.isTrue(acquire(held), "held");
        proxy.cut();
        Context.isTrue(!other.acquire(SHORT_MS, TimeUnit.MILLISECONDS), "still held");
        held.release();
        Context.isTrue(acquire(other), "released over the new connection");
    }

    private static void mutexRevoked(Context context) throws Exception {
        InterProcessMutex mutex = new InterProcessMutex(context.client, context.path("lock"));
        CountDownLatch asked = new CountDownLatch(1);
        mutex.makeRevocable(ignored -> asked.countDown());
        Context.isTrue(acquire(mutex), "held");
        Revoker.attemptRevoke(context.newClient(), mutex.getParticipantNodes().iterator().next());
        Context.await(asked, "its holder is asked to let go");
    }

    private static void semaphoreMutex(Context context) throws Exception {
        InterProcessSemaphoreMutex first = new InterProcessSemaphoreMutex(context.client, context.path("lock"));
        InterProcessSemaphoreMutex second = new InterProcessSemaphoreMutex(context.newClient(), context.path("lock"));
        Context.isTrue(first.acquire(Context.WAIT_SECONDS, TimeUnit.SECONDS), "the first has it");
        Context.isTrue(!second.acquire(SHORT_MS, TimeUnit.MILLISECONDS), "the second does not");
        first.release();
        Context.isTrue(second.acquire(Context.WAIT_SECONDS, TimeUnit.SECONDS), "the second has it next");
    }

    private static void multiLock(Context context) throws Exception {
        InterProcessMultiLock both = new InterProcessMultiLock(context.client, List.of(context.path("a"), context.path("b")));
        InterProcessMutex one = new InterProcessMutex(context.newClient(), context.path("b"));
        Context.isTrue(acquire(one), "one of two is taken");
        Context.isTrue(!both.acquire(SHORT_MS, TimeUnit.MILLISECONDS), "not both");
        one.release();
        Context.isTrue(both.acquire(Context.WAIT_SECONDS, TimeUnit.SECONDS), "both");
        Context.isTrue(!one.acquire(SHORT_MS, TimeUnit.MILLISECONDS), "now it is taken");
        both.release();
    }

    private static void readWriteLock(Context context) throws Exception {
        InterProcessReadWriteLock a = new InterProcessReadWriteLock(context.client, context.path("lock"));
        InterProcessReadWriteLock b = new InterProcessReadWriteLock(context.newClient(), context.path("lock"));
        InterProcessReadWriteLock c = new InterProcessReadWriteLock(context.newClient(), context.path("lock"));
        Context.isTrue(acquire(a.readLock()) && acquire(b.readLock()), "two readers");
        Context.isTrue(!c.writeLock().acquire(SHORT_MS, TimeUnit.MILLISECONDS), "no writer beside readers");
        Future<Void> writer = context.async(() -> {
            c.writeLock().acquire();
            Context.isTrue(!a.readLock().acquire(SHORT_MS, TimeUnit.MILLISECONDS), "no reader beside a writer");
            c.writeLock().release();
            return null;
        });
        Context.eventually(() -> c.writeLock().getParticipantNodes().size() == 1, "the writer waits");
        a.readLock().release();
        b.readLock().release();
        Context.get(writer);
        Context.isTrue(acquire(b.readLock()), "a reader after the writer");
    }

    private static void downgrade(Context context) throws Exception {
        InterProcessReadWriteLock lock = new InterProcessReadWriteLock(context.client, context.path("lock"));
        InterProcessReadWriteLock other = new InterProcessReadWriteLock(context.newClient(), context.path("lock"));
        Context.isTrue(acquire(lock.writeLock()) && acquire(lock.readLock()), "a writer may read");
        lock.writeLock().release();
        Context.isTrue(acquire(other.readLock()), "others may read");
        Context.isTrue(!other.writeLock().acquire(SHORT_MS, TimeUnit.MILLISECONDS), "nobody may write");
    }

    private static void semaphore(Context context) throws Exception {
        InterProcessSemaphoreV2 first = new InterProcessSemaphoreV2(context.client, context.path("semaphore"), 3);
        InterProcessSemaphoreV2 second = new InterProcessSemaphoreV2(context.newClient(), context.path("semaphore"), 3);
        Collection<Lease> two = first.acquire(2, Context.WAIT_SECONDS, TimeUnit.SECONDS);
        Lease third = second.acquire(Context.WAIT_SECONDS, TimeUnit.SECONDS);
        Context.isTrue(two != null && third != null, "three leases");
        Context.isTrue(second.acquire(SHORT_MS, TimeUnit.MILLISECONDS) == null, "no fourth");
        Context.equal(first.getParticipantNodes().size(), 3, "participants");
        first.returnAll(two);
        Context.isTrue(second.acquire(2, Context.WAIT_SECONDS, TimeUnit.SECONDS) != null, "returned leases can be had");
    }

    private static void semaphoreOfEndedSession(Context context) throws Exception {
        CuratorFramework holder = context.newClient();
        Lease lease = new InterProcessSemaphoreV2(holder, context.path("semaphore"), 1).acquire(Context.WAIT_SECONDS, TimeUnit.SECONDS);
        Context.isTrue(lease != null, "held");
        context.endSession(holder);
        InterProcessSemaphoreV2 other = new InterProcessSemaphoreV2(context.client, context.path("semaphore"), 1);
        Context.isTrue(other.acquire(Context.WAIT_SECONDS, TimeUnit.SECONDS) != null, "free again");
    }

    private static void semaphoreOfSharedCount(Context context) throws Exception {
        SharedCount count = context.closing(new SharedCount(context.client, context.path("count"), 1));
        count.start();
        InterProcessSemaphoreV2 semaphore = new InterProcessSemaphoreV2(context.client, context.path("semaphore"), count);
        Context.isTrue(semaphore.acquire(Context.WAIT_SECONDS, TimeUnit.SECONDS) != null, "the one lease");
        Context.isTrue(semaphore.acquire(SHORT_MS, TimeUnit.MILLISECONDS) == null, "no second");
        count.setCount(2);
        Context.isTrue(semaphore.acquire(Context.WAIT_SECONDS, TimeUnit.SECONDS) != null, "a second after the count has grown");
    }

    private static boolean acquire(InterProcessMutex mutex) throws Exception {
        return mutex.acquire(Context.WAIT_SECONDS, TimeUnit.SECONDS);
    }
}
