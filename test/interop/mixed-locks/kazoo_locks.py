"""Contenders of kazoo on one lock: each takes it `rounds` times, and appends a line to the log znode while it holds it."""
import sys
import threading

from kazoo.client import KazooClient
from kazoo.recipe.lock import Lock


class CuratorNamedLock(Lock):
    """What Curator can put in order: its own kind of name."""
    _NODE_NAME = '-lock-'


def contend(hosts, path, name, rounds, kind):
    zk = KazooClient(hosts=hosts)
    zk.start(timeout=30)
    make = CuratorNamedLock if kind == 'curator' else Lock
    for _ in range(rounds):
        with make(zk, path, name, extra_lock_patterns=['-lock-']):
            data, stat = zk.get(path + '-log')
            zk.set(path + '-log', data + ('%s\n' % name).encode(), version=stat.version)
    zk.stop()
    zk.close()


def main():
    hosts, path, count, rounds, kind = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
    threads = [threading.Thread(target=contend, args=(hosts, path, 'kazoo-%d' % i, rounds, kind)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


main()
