// Contenders of Curator on one lock: each takes it `rounds` times, and appends a line to the log znode while it holds it.

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.retry.RetryNTimes;
import org.apache.zookeeper.data.Stat;

final class CuratorLocks {
    public static void main(String[] args) throws Exception {
        String hosts = args[0];
        String path = args[1];
        int count = Integer.parseInt(args[2]);
        int rounds = Integer.parseInt(args[3]);
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = "curator-" + i;
            Thread thread = new Thread(() -> {
                try {
                    contend(hosts, path, name, rounds);
                } catch (Throwable failure) {
                    synchronized (failures) {
                        failures.add(failure);
                    }
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) thread.join();
        for (Throwable failure : failures) failure.printStackTrace();
        System.exit(failures.isEmpty() ? 0 : 1);
    }

    private static void contend(String hosts, String path, String name, int rounds) throws Exception {
        try (CuratorFramework client = CuratorFrameworkFactory.newClient(hosts, new RetryNTimes(10, 200))) {
            client.start();
            InterProcessMutex mutex = new InterProcessMutex(client, path);
            for (int i = 0; i < rounds; i++) {
                mutex.acquire();
                try {
                    Stat stat = new Stat();
                    String log = new String(client.getData().storingStatIn(stat).forPath(path + "-log"), StandardCharsets.UTF_8);
                    byte[] longer = (log + name + "\n").getBytes(StandardCharsets.UTF_8);
                    client.setData().withVersion(stat.getVersion()).forPath(path + "-log", longer);
                } finally {
                    mutex.release();
                }
            }
        }
    }
}
