// Drives a server with Curator's recipes, and tells for each check whether recipe and server behaved.
//
//   java ... Checks HOST:PORT    one JSON line a check on stdout: {"name": ..., "ok": ..., "error": ...}
//   java ... Checks --list       the names
//
// The same program runs against Apache ZooKeeper, which shows that the program is right.

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;

public final class Checks {
    interface Body {
        void run(Context context) throws Exception;
    }

    private final Map<String, Body> bodies = new LinkedHashMap<>();

    void add(String name, Body body) {
        if (bodies.put(name, body) != null) throw new IllegalArgumentException("two checks are named " + name);
    }

    public static void main(String[] arguments) {
        Checks checks = new Checks();
        Connections.register(checks);
        Operations.register(checks);
        Locks.register(checks);
        Leaders.register(checks);
        Caches.register(checks);
        Nodes.register(checks);
        Counters.register(checks);
        Barriers.register(checks);
        Queues.register(checks);
        Discovery.register(checks);
        if (arguments[0].equals("--list")) {
            checks.bodies.keySet().forEach(System.out::println);
        } else {
            checks.bodies.forEach((name, body) -> System.out.println(line(name, outcome(arguments[0], body))));
        }
        // Curator leaves threads behind that are no daemons.
        System.exit(0);
    }

    /** Null when it passed, else what went wrong. */
    private static String outcome(String hosts, Body body) {
        try (Context context = new Context(hosts)) {
            body.run(context);
            return null;
        } catch (Throwable thrown) {
            StringWriter text = new StringWriter();
            thrown.printStackTrace(new PrintWriter(text));
            return text.toString();
        }
    }

    private static String line(String name, String error) {
        return "{\"name\":" + quoted(name) + ",\"ok\":" + (error == null) + ",\"error\":" + (error == null ? "null" : quoted(error)) + "}";
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') out.append('\\').append(c);
            else if (c < ' ') out.append(String.format("\\u%04x", (int) c));
            else out.append(c);
        }
        return out.append('"').toString();
    }
}
