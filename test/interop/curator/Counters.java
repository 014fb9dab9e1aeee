// Curator's shared values and atomic numbers.

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.atomic.AtomicValue;
import org.apache.curator.framework.recipes.atomic.CachedAtomicLong;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicLong;
import org.apache.curator.framework.recipes.atomic.PromotedToLock;
import org.apache.curator.framework.recipes.shared.SharedCount;
import org.apache.curator.framework.recipes.shared.SharedCountListener;
import org.apache.curator.framework.recipes.shared.SharedCountReader;
import org.apache.curator.framework.recipes.shared.VersionedValue;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.curator.retry.RetryNTimes;

final class Counters {
    static void register(Checks checks) {
        checks.add("shared_count", Counters::sharedCount);
        checks.add("shared_count_after_a_partition", Counters::sharedCountAfterPartition);
        checks.add("distributed_atomic_long", Counters::atomicLong);
        checks.add("distributed_atomic_long_under_contention", Counters::atomicLongUnderContention);
        checks.add("cached_atomic_long", Counters::cachedAtomicLong);
    }

    private static void sharedCount(Context context) throws Exception {
        SharedCount first = context.closing(new SharedCount(context.client, context.path("count"), 10));
        SharedCount second = context.closing(new SharedCount(context.newClient(), context.path("count"), 99));
        first.start();
        second.start();
        Context.equal(second.getCount(), 10, "the first one's seed");
        CountDownLatch heard = new CountDownLatch(1);
        second.addListener(new SharedCountListener() {
            @Override
            public void countHasChanged(SharedCountReader reader, int count) {
                if (count == 11) heard.countDown();
            }

            @Override
            public void stateChanged(CuratorFramework ignored, ConnectionState state) {}
        });
        VersionedValue<Integer> stale = second.getVersionedValue();
        Context.isTrue(first.trySetCount(first.getVersionedValue(), 11), "set");
        Context.await(heard, "the other hears of it");
        Context.isTrue(!second.trySetCount(stale, 12), "a stale version sets nothing");
        Context.equal(second.getCount(), 11, "the count");
    }

    private static void sharedCountAfterPartition(Context context) throws Exception {
        Proxy proxy = context.newProxy();
        CuratorFramework client = context.newClient(proxy.hosts());
        SharedCount away = context.closing(new SharedCount(client, context.path("count"), 1));
        SharedCount here = context.closing(new SharedCount(context.client, context.path("count"), 1));
        away.start();
        here.start();
        var states = Connections.states(client);
        proxy.partition();
        Connections.next(states, ConnectionState.SUSPENDED);
        here.setCount(2);
        proxy.restore();
        Context.eventually(() -> away.getCount() == 2, "the count set meanwhile");
    }

    private static void atomicLong(Context context) throws Exception {
        DistributedAtomicLong number = new DistributedAtomicLong(context.client, context.path("number"), new RetryNTimes(10, 10));
        Context.isTrue(number.initialize(5L), "initialised");
        Context.isTrue(!number.initialize(6L), "once");
        Context.equal(number.increment().postValue(), 6L, "increment");
        AtomicValue<Long> added = number.add(10L);
        Context.equal(added.preValue() + added.postValue(), 22L, "add");
        Context.isTrue(!number.compareAndSet(1L, 2L).succeeded(), "compareAndSet with another value");
        Context.isTrue(number.compareAndSet(16L, 2L).succeeded(), "compareAndSet");
        number.forceSet(-1L);
        Context.equal(number.get().postValue(), -1L, "forceSet");
    }

    private static void atomicLongUnderContention(Context context) throws Exception {
        PromotedToLock lock = PromotedToLock.builder()
            .lockPath(context.path("number-lock"))
            .retryPolicy(new RetryNTimes(1000, 1))
            .timeout(Context.WAIT_SECONDS, TimeUnit.SECONDS)
            .build();
        AtomicLong optimistic = new AtomicLong();
        List<Future<Void>> workers = new ArrayList<>();
        for (int worker = 0; worker < 4; worker++) {
            DistributedAtomicLong number = new DistributedAtomicLong(context.newClient(), context.path("number"), new RetryNTimes(2, 1), lock);
            workers.add(context.async(() -> {
                for (int i = 0; i < 25; i++) {
                    AtomicValue<Long> value = number.increment();
                    Context.isTrue(value.succeeded(), "an increment");
                    if (value.getStats().getPromotedLockTries() == 0) optimistic.incrementAndGet();
                }
                return null;
            }));
        }
        for (Future<Void> worker : workers) Context.get(worker);
        DistributedAtomicLong number = new DistributedAtomicLong(context.client, context.path("number"), new RetryNTimes(1, 1));
        Context.equal(number.get().postValue(), 100L, "the sum, " + optimistic.get() + " of it without the lock");
    }

    private static void cachedAtomicLong(Context context) throws Exception {
        DistributedAtomicLong number = new DistributedAtomicLong(context.client, context.path("number"), new RetryNTimes(10, 10));
        CachedAtomicLong cached = new CachedAtomicLong(number, 10);
        for (long i = 1; i <= 25; i++) Context.equal(cached.next().postValue(), i, "the next number");
        Context.equal(number.get().postValue(), 30L, "three blocks are taken");
    }
}
