// Curator's queues.

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.queue.DistributedDelayQueue;
import org.apache.curator.framework.recipes.queue.DistributedIdQueue;
import org.apache.curator.framework.recipes.queue.DistributedPriorityQueue;
import org.apache.curator.framework.recipes.queue.DistributedQueue;
import org.apache.curator.framework.recipes.queue.QueueBuilder;
import org.apache.curator.framework.recipes.queue.QueueConsumer;
import org.apache.curator.framework.recipes.queue.QueueSerializer;
import org.apache.curator.framework.recipes.queue.SimpleDistributedQueue;
import org.apache.curator.framework.state.ConnectionState;

final class Queues {
    static void register(Checks checks) {
        checks.add("queue_keeps_the_order", Queues::queue);
        checks.add("queue_with_a_lock_gives_a_failed_item_again", Queues::lockedQueue);
        checks.add("queue_with_two_consumers", Queues::twoConsumers);
        checks.add("priority_queue", Queues::priorityQueue);
        checks.add("delay_queue", Queues::delayQueue);
        checks.add("id_queue", Queues::idQueue);
        checks.add("simple_queue", Queues::simpleQueue);
    }

    private static void queue(Context context) throws Exception {
        Collector collector = new Collector();
        DistributedQueue<String> producer = context.closing(builder(context.client, null, context.path("queue")).buildQueue());
        DistributedQueue<String> consumer = context.closing(builder(context.newClient(), collector, context.path("queue")).buildQueue());
        producer.start();
        consumer.start();
        List<String> put = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            put.add("item " + i);
            producer.put(put.get(i));
        }
        Context.equal(collector.take(50), put, "what was taken");
        Context.eventually(() -> context.client.getChildren().forPath(context.path("queue")).isEmpty(), "nothing is left");
    }

    private static void lockedQueue(Context context) throws Exception {
        AtomicInteger attempts = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(1);
        DistributedQueue<String> queue = context.closing(builder(context.client, new Collector() {
            @Override
            public void consumeMessage(String item) throws Exception {
                if (attempts.incrementAndGet() == 1) throw new Exception("the first attempt fails");
                done.countDown();
            }
        }, context.path("queue")).lockPath(context.path("locks")).buildQueue());
        queue.start();
        queue.put("item");
        Context.await(done, "the second attempt");
        Context.eventually(() -> context.client.getChildren().forPath(context.path("queue")).isEmpty(), "nothing is left");
        Context.equal(attempts.get(), 2, "attempts");
    }

    private static void twoConsumers(Context context) throws Exception {
        Collector collector = new Collector();
        for (int i = 0; i < 2; i++) {
            DistributedQueue<String> consumer = builder(context.newClient(), collector, context.path("queue")).lockPath(context.path("locks")).buildQueue();
            context.closing(consumer).start();
        }
        DistributedQueue<String> producer = context.closing(builder(context.client, null, context.path("queue")).buildQueue());
        producer.start();
        for (int i = 0; i < 50; i++) producer.put("item " + i);
        Context.equal(collector.take(50).stream().distinct().count(), 50L, "each item, once");
        Context.eventually(() -> context.client.getChildren().forPath(context.path("queue")).isEmpty(), "nothing is left");
        Context.isTrue(collector.items.isEmpty(), "nothing twice");
    }

    private static void priorityQueue(Context context) throws Exception {
        Collector collector = new Collector();
        DistributedPriorityQueue<String> producer = context.closing(builder(context.client, null, context.path("queue")).buildPriorityQueue(0));
        producer.start();
        for (int priority : new int[] {3, -1, 2, 1, 0}) producer.put("priority " + priority, priority);
        producer.flushPuts(Context.WAIT_SECONDS, TimeUnit.SECONDS);
        DistributedPriorityQueue<String> consumer = context.closing(builder(context.newClient(), collector, context.path("queue")).buildPriorityQueue(0));
        consumer.start();
        Context.equal(
            collector.take(5), List.of("priority -1", "priority 0", "priority 1", "priority 2", "priority 3"), "the order of priority");
    }

    private static void delayQueue(Context context) throws Exception {
        Collector collector = new Collector();
        DistributedDelayQueue<String> queue = context.closing(builder(context.client, collector, context.path("queue")).buildDelayQueue());
        queue.start();
        long start = System.currentTimeMillis();
        queue.put("later", start + 600);
        queue.put("sooner", start + 300);
        Context.equal(collector.take(2), List.of("sooner", "later"), "the order of time");
        Context.isTrue(System.currentTimeMillis() >= start + 600, "not before their time");
    }

    private static void idQueue(Context context) throws Exception {
        Collector collector = new Collector();
        DistributedIdQueue<String> producer = context.closing(builder(context.client, null, context.path("queue")).buildIdQueue());
        producer.start();
        producer.put("a", "id-a");
        producer.put("b", "id-b");
        producer.flushPuts(Context.WAIT_SECONDS, TimeUnit.SECONDS);
        Context.equal(producer.remove("id-a"), 1, "one is taken out");
        DistributedIdQueue<String> consumer = context.closing(builder(context.newClient(), collector, context.path("queue")).buildIdQueue());
        consumer.start();
        Context.equal(collector.take(1), List.of("b"), "the other is consumed");
    }

    private static void simpleQueue(Context context) throws Exception {
        SimpleDistributedQueue queue = new SimpleDistributedQueue(context.client, context.path("queue"));
        SimpleDistributedQueue other = new SimpleDistributedQueue(context.newClient(), context.path("queue"));
        Context.fails(NoSuchElementException.class, queue::remove);
        queue.offer(new byte[] {1});
        queue.offer(new byte[] {2});
        Context.equal(other.peek(), new byte[] {1}, "peek");
        Context.equal(other.poll(), new byte[] {1}, "poll");
        Context.equal(other.take(), new byte[] {2}, "take");
        Context.isTrue(other.poll(100, TimeUnit.MILLISECONDS) == null, "empty");
        Future<byte[]> waiting = context.async(other::take);
        queue.offer(new byte[] {3});
        Context.equal(Context.get(waiting), new byte[] {3}, "what came to the one who waits");
    }

    private static QueueBuilder<String> builder(CuratorFramework client, QueueConsumer<String> consumer, String path) {
        return QueueBuilder.builder(client, consumer, new QueueSerializer<String>() {
            @Override
            public byte[] serialize(String item) {
                return item.getBytes(StandardCharsets.UTF_8);
            }

            @Override
            public String deserialize(byte[] bytes) {
                return new String(bytes, StandardCharsets.UTF_8);
            }
        }, path);
    }

    private static class Collector implements QueueConsumer<String> {
        final BlockingQueue<String> items = new LinkedBlockingQueue<>();

        @Override
        public void consumeMessage(String item) throws Exception {
            items.add(item);
        }

        @Override
        public void stateChanged(CuratorFramework client, ConnectionState state) {}

        List<String> take(int count) throws Exception {
            List<String> taken = new ArrayList<>();
            while (taken.size() < count) {
                String item = items.poll(Context.WAIT_SECONDS, TimeUnit.SECONDS);
                if (item == null) throw new AssertionError("expected " + count + " items, got " + taken);
                taken.add(item);
            }
            return taken;
        }
    }
}
