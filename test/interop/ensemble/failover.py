"""kazoo's Lock, Election and Counter on an ensemble whose servers are killed in turn. Reads a line to stop; tells of its progress on stdout, one JSON line a time.

Each contender holds a session of its own. What must hold whatever dies:
  lock     two never hold it at once: a holder that is disturbed finds its check-and-set refused
  election two never lead at once, told in the same way
  counter  every increment that was acknowledged is counted, and none twice
"""
import json
import sys
import threading
import time

from kazoo.client import KazooClient
from kazoo.exceptions import BadVersionError, ConnectionLoss, KazooException, NoNodeError, OperationTimeoutError, SessionExpiredError
from kazoo.handlers.threading import KazooTimeoutError
from kazoo.retry import KazooRetry, RetryFailedError

CONTENDERS = 3
LOST = (ConnectionLoss, SessionExpiredError, OperationTimeoutError, KazooTimeoutError, RetryFailedError)

stopping = threading.Event()
problems = []
counts = {'lock': 0, 'election': 0, 'counter': 0, 'unknown': 0}
mutex = threading.Lock()


def count(name):
    with mutex:
        counts[name] += 1


def client(hosts):
    retry = KazooRetry(max_tries=-1, max_delay=1)
    zk = KazooClient(hosts=hosts, timeout=10.0, connection_retry=retry, command_retry=KazooRetry(max_tries=-1, max_delay=1))
    zk.start(timeout=30)
    return zk


def exclusive(zk, path, name, inside):
    """Under a lock nobody else writes: a version that moved on means that two held it, unless the own connection was lost meanwhile."""
    def listen(state):
        if state != 'CONNECTED':
            disturbed.set()

    disturbed = threading.Event()
    zk.add_listener(listen)
    try:
        before = zk.get(path)[1]
        time.sleep(0.005)
        try:
            zk.set(path, b'x', version=before.version)
        except BadVersionError:
            if not disturbed.is_set():
                problems.append('%s: somebody else wrote while it was held' % name)
        count(inside)
    finally:
        zk.remove_listener(listen)


def locks(hosts):
    zk = client(hosts)
    lock = zk.Lock('/kazoo/lock', 'contender')
    while not stopping.is_set():
        try:
            with lock:
                exclusive(zk, '/kazoo/locked', 'lock', 'lock')
        except LOST + (NoNodeError,):
            lock = zk.Lock('/kazoo/lock', 'contender')
    zk.stop()
    zk.close()


def elections(hosts):
    zk = client(hosts)
    while not stopping.is_set():
        election = zk.Election('/kazoo/election', 'candidate')
        try:
            election.run(exclusive, zk, '/kazoo/led', 'election', 'election')
        except LOST + (NoNodeError,):
            pass
    zk.stop()
    zk.close()


def counters(hosts):
    zk = client(hosts)
    counter = zk.Counter('/kazoo/counter')
    while not stopping.is_set():
        try:
            counter += 1
            count('counter')
        except LOST:
            count('unknown')
    zk.stop()
    zk.close()


def guarded(work, hosts):
    try:
        work(hosts)
    except KazooException as error:
        problems.append('%s: %s %s' % (work.__name__, type(error).__name__, error))


def main(hosts):
    zk = client(hosts)
    for path in ('/kazoo', '/kazoo/locked', '/kazoo/led'):
        zk.ensure_path(path)
    threads = [threading.Thread(target=guarded, args=(work, hosts)) for work in (locks, elections) for _ in range(CONTENDERS)]
    threads.append(threading.Thread(target=guarded, args=(counters, hosts)))
    for thread in threads:
        thread.start()
    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    sys.stdin.readline()
    stopping.set()
    for thread in threads:
        thread.join()
    zk.sync('/kazoo/counter')
    value = int(zk.Counter('/kazoo/counter').value)
    # kazoo's Counter retries a compare-and-set whose reply was lost: then it may count twice, on any server.
    if value < counts['counter']:
        problems.append('the counter is %d after %d increments' % (value, counts['counter']))
    zk.stop()
    zk.close()
    print(json.dumps({'done': True, 'value': value, 'problems': problems, **counts}), flush=True)


def tell():
    while not stopping.is_set():
        print(json.dumps(counts), flush=True)
        time.sleep(0.05)


main(sys.argv[1])
