// Curator's InterProcessMutex, uncontended: acquires and releases for so many seconds, after as many of warming up, and prints how often a second.

import java.util.UUID;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.retry.RetryNTimes;

final class CuratorMutex {
    public static void main(String[] args) throws Exception {
        double seconds = Double.parseDouble(args[1]);
        try (CuratorFramework client = CuratorFrameworkFactory.newClient(args[0], new RetryNTimes(10, 200))) {
            client.start();
            InterProcessMutex mutex = new InterProcessMutex(client, "/curator-" + UUID.randomUUID());
            rate(mutex, seconds);
            System.out.println(rate(mutex, seconds));
        }
    }

    private static double rate(InterProcessMutex mutex, double seconds) throws Exception {
        long began = System.nanoTime();
        long count = 0;
        while (System.nanoTime() - began < seconds * 1e9) {
            mutex.acquire();
            mutex.release();
            count++;
        }
        return count * 1e9 / (System.nanoTime() - began);
    }
}
