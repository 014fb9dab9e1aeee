"""What the checks share: clients and a path of their own for each, expectations, waiting."""
import socket
import threading
import time
import uuid

from kazoo.client import KazooClient


CHECKS = []
WAIT = 15.0


def check(function):
    CHECKS.append(function)
    return function


class Context:
    """Clients and a path of their own for one check; everything is closed and deleted after it."""

    def __init__(self, hosts):
        self.hosts = hosts
        self.clients = []
        self.zk = self.client()
        self.root = '/kazoo-%s' % uuid.uuid4().hex
        self.zk.ensure_path(self.root)

    def client(self, **options):
        options.setdefault('timeout', 10.0)
        zk = KazooClient(hosts=self.hosts, **options)
        self.clients.append(zk)
        zk.start(timeout=WAIT)
        return zk

    def close(self):
        try:
            self.zk.delete(self.root, recursive=True)
        finally:
            for zk in self.clients:
                zk.stop()
                zk.close()


def equal(actual, expected, what):
    if actual != expected:
        raise AssertionError('%s: expected %r, got %r' % (what, expected, actual))


def true(condition, what):
    if not condition:
        raise AssertionError(what)


def raises(error, call, *args, **kwargs):
    try:
        result = call(*args, **kwargs)
    except error as caught:
        return caught
    raise AssertionError('expected %s, got %r' % (error.__name__, result))


def eventually(condition, what, limit=WAIT):
    """Waits for a condition that nothing announces."""
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError('not within %s s: %s' % (limit, what))
        time.sleep(0.02)


class Recorder:
    """Collects what a callback receives and lets a test wait for it."""

    def __init__(self):
        self.items = []
        self.changed = threading.Condition()

    def __call__(self, *items):
        with self.changed:
            self.items.append(items[0] if len(items) == 1 else items)
            self.changed.notify_all()

    def wait_for(self, count, what):
        with self.changed:
            if not self.changed.wait_for(lambda: len(self.items) >= count, WAIT):
                raise AssertionError('%s: expected %d, got %r' % (what, count, self.items))
        return self.items


def cut_connection(zk):
    """Cuts the socket under the client, as a network failure does."""
    zk._connection._socket.shutdown(socket.SHUT_RDWR)
