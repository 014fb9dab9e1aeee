// A TCP proxy in front of the server: its connections can be cut, and refused for a while.

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

final class Proxy implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final String serverHost;
    private final int serverPort;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean refusing = false;

    Proxy(String server) throws IOException {
        String[] parts = server.split(":");
        serverHost = parts[0];
        serverPort = Integer.parseInt(parts[1]);
        daemon(this::accept);
    }

    String hosts() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** Cuts every connection; the next may come at once. */
    void cut() throws IOException {
        for (Socket socket : sockets) socket.close();
    }

    /** Cuts every connection and lets no other live until `restore`. */
    void partition() throws IOException {
        refusing = true;
        cut();
    }

    void restore() {
        refusing = false;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        cut();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listener.accept();
                if (refusing) client.close();
                else join(client);
            }
        } catch (IOException closed) {
            // The listener was closed: the end of the check.
        }
    }

    private void join(Socket client) throws IOException {
        Socket server = new Socket(serverHost, serverPort);
        sockets.add(client);
        sockets.add(server);
        daemon(() -> copy(client, server));
        daemon(() -> copy(server, client));
        // A partition that began meanwhile did not see these two.
        if (refusing) cut();
    }

    private void copy(Socket from, Socket to) {
        try (from; to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        } catch (IOException cut) {
            // Either side is gone, and takes the other with it.
        } finally {
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    private static void daemon(Runnable body) {
        Thread thread = new Thread(body);
        thread.setDaemon(true);
        thread.start();
    }
}
