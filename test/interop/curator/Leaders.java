// Curator's two ways to elect a leader.

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderLatchListener;
import org.apache.curator.framework.recipes.leader.LeaderSelector;
import org.apache.curator.framework.recipes.leader.LeaderSelectorListenerAdapter;
import org.apache.curator.framework.recipes.leader.Participant;

final class Leaders {
    static void register(Checks checks) {
        checks.add("leader_latch_passes_on", Leaders::latchPassesOn);
        checks.add("leader_latch_of_an_ended_session", Leaders::latchOfEndedSession);
        checks.add("leader_selector_takes_turns", Leaders::selectorTakesTurns);
        checks.add("leader_selector_can_be_interrupted", Leaders::selectorInterrupted);
    }

    private static void latchPassesOn(Context context) throws Exception {
        List<LeaderLatch> latches = new ArrayList<>();
        for (String id : List.of("a", "b", "c")) {
            LeaderLatch latch = new LeaderLatch(context.newClient(), context.path("latch"), id, LeaderLatch.CloseMode.NOTIFY_LEADER);
            latch.start();
            latches.add(latch);
            Context.eventually(() -> latch.getParticipants().size() == latches.size(), "it takes part");
        }
        while (!latches.isEmpty()) {
            // The one that came first leads, and closing it passes leadership to the next.
            LeaderLatch leader = latches.remove(0);
            Context.isTrue(leader.await(Context.WAIT_SECONDS, TimeUnit.SECONDS), "the next in the queue leads");
            for (LeaderLatch other : latches) Context.isTrue(!other.hasLeadership(), "nobody else does");
            for (LeaderLatch other : latches) Context.equal(other.getLeader().getId(), leader.getId(), "others know the leader");
            leader.close();
        }
    }

    private static void latchOfEndedSession(Context context) throws Exception {
        CuratorFramework client = context.newClient();
        LeaderLatch first = context.closing(new LeaderLatch(client, context.path("latch")));
        LeaderLatch second = context.closing(new LeaderLatch(context.newClient(), context.path("latch")));
        CountDownLatch deposed = new CountDownLatch(1);
        first.addListener(new LeaderLatchListener() {
            @Override
            public void isLeader() {}

            @Override
            public void notLeader() {
                deposed.countDown();
            }
        });
        first.start();
        Context.isTrue(first.await(Context.WAIT_SECONDS, TimeUnit.SECONDS), "the first leads");
        second.start();
        context.endSession(client);
        Context.await(deposed, "the first hears that it does not lead");
        Context.isTrue(second.await(Context.WAIT_SECONDS, TimeUnit.SECONDS), "the second leads");
        Context.eventually(() -> second.getParticipants().size() == 2, "the first takes part again");
    }

    private static void selectorTakesTurns(Context context) throws Exception {
        Set<String> led = ConcurrentHashMap.newKeySet();
        AtomicInteger leading = new AtomicInteger();
        AtomicInteger mostAtOnce = new AtomicInteger();
        CountDownLatch turns = new CountDownLatch(6);
        for (String id : List.of("a", "b", "c")) {
            LeaderSelector selector = new LeaderSelector(context.newClient(), context.path("selector"), new LeaderSelectorListenerAdapter() {
                @Override
                public void takeLeadership(CuratorFramework ignored) {
                    mostAtOnce.accumulateAndGet(leading.incrementAndGet(), Math::max);
                    led.add(id);
                    turns.countDown();
                    leading.decrementAndGet();
                }
            });
            selector.setId(id);
            selector.autoRequeue();
            context.closing(selector).start();
        }
        Context.await(turns, "six turns");
        Context.eventually(() -> new TreeSet<>(led).equals(new TreeSet<>(List.of("a", "b", "c"))), "each has its turn");
        Context.equal(mostAtOnce.get(), 1, "leaders at once");
    }

    private static void selectorInterrupted(Context context) throws Exception {
        CountDownLatch leads = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        LeaderSelector selector = context.closing(new LeaderSelector(context.client, context.path("selector"), new LeaderSelectorListenerAdapter() {
            @Override
            public void takeLeadership(CuratorFramework ignored) throws InterruptedException {
                leads.countDown();
                try {
                    new CountDownLatch(1).await();
                } finally {
                    interrupted.countDown();
                }
            }
        }));
        selector.setId("me");
        selector.start();
        Context.await(leads, "it leads");
        Participant leader = selector.getLeader();
        Context.equal(leader.getId() + leader.isLeader(), "metrue", "the leader as others see it");
        selector.interruptLeadership();
        Context.await(interrupted, "its turn is cut short");
    }
}
