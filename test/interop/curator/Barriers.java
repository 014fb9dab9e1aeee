// Curator's barriers.

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.recipes.barriers.DistributedBarrier;
import org.apache.curator.framework.recipes.barriers.DistributedDoubleBarrier;

final class Barriers {
    static void register(Checks checks) {
        checks.add("barrier", Barriers::barrier);
        checks.add("double_barrier", Barriers::doubleBarrier);
    }

    private static void barrier(Context context) throws Exception {
        DistributedBarrier barrier = new DistributedBarrier(context.client, context.path("barrier"));
        DistributedBarrier other = new DistributedBarrier(context.newClient(), context.path("barrier"));
        Context.isTrue(other.waitOnBarrier(1, TimeUnit.SECONDS), "open where none is set");
        barrier.setBarrier();
        Context.isTrue(!other.waitOnBarrier(100, TimeUnit.MILLISECONDS), "closed");
        Future<Boolean> waiting = context.async(() -> other.waitOnBarrier(Context.WAIT_SECONDS, TimeUnit.SECONDS));
        barrier.removeBarrier();
        Context.isTrue(Context.get(waiting), "opened");
    }

    private static void doubleBarrier(Context context) throws Exception {
        int members = 5;
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger left = new AtomicInteger();
        List<Future<Void>> workers = new ArrayList<>();
        for (int i = 0; i < members; i++) {
            DistributedDoubleBarrier barrier = new DistributedDoubleBarrier(context.newClient(), context.path("barrier"), members);
            workers.add(context.async(() -> {
                inside.incrementAndGet();
                Context.isTrue(barrier.enter(Context.WAIT_SECONDS, TimeUnit.SECONDS), "entered");
                Context.equal(inside.get(), members, "everybody was there before the first went in");
                left.incrementAndGet();
                Context.isTrue(barrier.leave(Context.WAIT_SECONDS, TimeUnit.SECONDS), "left");
                Context.equal(left.get(), members, "everybody was done before the first went out");
                return null;
            }));
        }
        for (Future<Void> worker : workers) Context.get(worker);
    }
}
