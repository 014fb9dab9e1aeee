"""Drives a server with kazoo, the Python client, and tells for each check whether the server behaved.

  checks.py HOST:PORT    one JSON line a check on stdout: {"name": ..., "ok": ..., "error": ...}
  checks.py --list       the names

The same script runs against Apache ZooKeeper, which shows that the script is right.
"""
import json
import os
import socket
import struct
import subprocess
import sys
import threading
import time
import traceback
import uuid
from collections import namedtuple

from kazoo.client import KazooClient, KazooState
from kazoo.exceptions import (
    BadArgumentsError,
    BadVersionError,
    InvalidACLError,
    LockTimeout,
    NoAuthError,
    NoChildrenForEphemeralsError,
    NodeExistsError,
    NoNodeError,
    NotEmptyError,
    RolledBackError,
    RuntimeInconsistency,
)
from kazoo.protocol.serialization import Create2
from kazoo.protocol.states import EventType, WatchedEvent
from kazoo.recipe.watchers import ChildrenWatch, DataWatch
from kazoo.retry import KazooRetry
from kazoo.security import ACL, Id, OPEN_ACL_UNSAFE, make_digest_acl, make_digest_acl_credential

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


# ---------------------------------------------------------------- create

@check
def create_persistent(c):
    path = c.root + '/p'
    equal(c.zk.create(path, b'value'), path, 'created path')
    data, stat = c.zk.get(path)
    equal(data, b'value', 'data')
    equal((stat.version, stat.cversion, stat.aversion, stat.ephemeralOwner), (0, 0, 0, 0), 'fresh stat')
    equal(stat.dataLength, 5, 'dataLength')
    equal(stat.numChildren, 0, 'numChildren')
    true(stat.czxid == stat.mzxid == stat.pzxid, 'one zxid for all of a fresh node')
    raises(NodeExistsError, c.zk.create, path)
    raises(NoNodeError, c.zk.create, c.root + '/missing/child')


@check
def create_ephemeral(c):
    other = c.client()
    path = c.root + '/e'
    other.create(path, b'', ephemeral=True)
    equal(c.zk.exists(path).ephemeralOwner, other.client_id[0], 'owner')
    raises(NoChildrenForEphemeralsError, c.zk.create, path + '/child')
    gone = Recorder()
    true(c.zk.exists(path, watch=gone) is not None, 'exists before its owner closes')
    other.stop()
    equal(gone.wait_for(1, 'event')[0].type, EventType.DELETED, 'event')
    true(c.zk.exists(path) is None, 'gone with its session')


@check
def create_sequential(c):
    paths = [c.zk.create(c.root + '/s-', sequence=True) for _ in range(5)]
    equal(paths, ['%s/s-%010d' % (c.root, n) for n in range(5)], 'names')
    c.zk.delete(paths[4])
    equal(c.zk.create(c.root + '/t-', sequence=True), c.root + '/t-0000000005', 'the counter is the parent\'s and never goes back')
    equal(c.zk.create(c.root + '/', sequence=True), c.root + '/0000000006', 'an empty prefix')


@check
def create_ephemeral_sequential(c):
    path = c.zk.create(c.root + '/es-', b'', ephemeral=True, sequence=True)
    equal(path, c.root + '/es-0000000000', 'name')
    equal(c.zk.exists(path).ephemeralOwner, c.zk.client_id[0], 'owner')


@check
def create_with_stat(c):
    path, stat = c.zk.create(c.root + '/c2', b'123', include_data=True)
    equal(path, c.root + '/c2', 'path')
    equal((stat.dataLength, stat.version), (3, 0), 'stat of the reply')
    equal(stat, c.zk.exists(path), 'the reply\'s stat is the node\'s')


class CreateContainer(namedtuple('CreateContainer', 'path data acl flags')):
    type = 19
    serialize = Create2.serialize

    @classmethod
    def deserialize(cls, data, offset):
        return Create2.deserialize(data, offset)


class CreateTtl(namedtuple('CreateTtl', 'path data acl flags ttl')):
    type = 21

    def serialize(self):
        return Create2.serialize(self) + struct.pack('>q', self.ttl)

    @classmethod
    def deserialize(cls, data, offset):
        return Create2.deserialize(data, offset)


def call(zk, request):
    result = zk.handler.async_result()
    zk._call(request, result)
    return result.get(timeout=WAIT)


@check
def create_container(c):
    path = c.root + '/container'
    created, stat = call(c.zk, CreateContainer(path, b'', OPEN_ACL_UNSAFE, 4))
    equal(created, path, 'path')
    equal(c.zk.exists(path).ephemeralOwner, 0, 'owner of a container shows as 0')
    gone = Recorder()
    c.zk.create(path + '/child')
    c.zk.exists(path, watch=gone)
    c.zk.delete(path + '/child')
    gone.wait_for(1, 'an empty container that was used is removed')


@check
def create_ttl(c):
    path = c.root + '/ttl'
    gone = Recorder()
    created, stat = call(c.zk, CreateTtl(path, b'x', OPEN_ACL_UNSAFE, 5, 100))
    equal(created, path, 'path')
    equal(stat.ephemeralOwner, 0, 'owner of a TTL node shows as 0')
    if c.zk.exists(path, watch=gone) is not None:
        gone.wait_for(1, 'a TTL node is removed after its time')
    created, _ = call(c.zk, CreateTtl(c.root + '/ttl-', b'', OPEN_ACL_UNSAFE, 6, 100000))
    equal(created, c.root + '/ttl-%010d' % 1, 'sequential TTL node')


@check
def create_makepath(c):
    equal(c.zk.create(c.root + '/a/b/c', b'deep', makepath=True), c.root + '/a/b/c', 'path')
    equal(c.zk.get(c.root + '/a/b')[0], b'', 'parents are empty')
    c.zk.ensure_path(c.root + '/a/b/c/d/e')
    true(c.zk.exists(c.root + '/a/b/c/d/e') is not None, 'ensure_path')


# ---------------------------------------------------------------- read, write, delete

@check
def set_and_get(c):
    path = c.root + '/n'
    c.zk.create(path, b'0')
    before = c.zk.exists(path)
    stat = c.zk.set(path, b'one')
    equal((stat.version, stat.dataLength), (1, 3), 'stat of the reply')
    equal(stat.czxid, before.czxid, 'czxid stays')
    true(stat.mzxid > before.mzxid, 'mzxid grows')
    equal(c.zk.set(path, b'two', version=1).version, 2, 'right version')
    raises(BadVersionError, c.zk.set, path, b'three', version=1)
    equal(c.zk.get(path)[0], b'two', 'a refused write changes nothing')
    c.zk.set(path, b'')
    equal(c.zk.get(path)[0], b'', 'empty data')
    big = os.urandom(1000 * 1000)
    c.zk.set(path, big)
    true(c.zk.get(path)[0] == big, 'a megabyte comes back as it went')
    raises(NoNodeError, c.zk.set, c.root + '/missing', b'')
    raises(NoNodeError, c.zk.get, c.root + '/missing')


@check
def unicode_names(c):
    name = u'h\u00e9llo-\u4e16\u754c-\uff5e'
    c.zk.create(c.root + '/' + name, b'x')
    equal(c.zk.get_children(c.root), [name], 'children')
    equal(c.zk.get(c.root + '/' + name)[0], b'x', 'data')
    for refused in (u'\U0001f600', u'\u0001', u'\u007f', u'\ufff0', u'\ue000'):
        raises(BadArgumentsError, c.zk.create, c.root + '/' + refused)


@check
def exists(c):
    true(c.zk.exists(c.root + '/no') is None, 'missing')
    c.zk.create(c.root + '/yes')
    true(c.zk.exists(c.root + '/yes') is not None, 'there')
    true(c.zk.exists('/') is not None, 'the root')
    true(c.zk.exists('/zookeeper') is not None, 'the reserved subtree')


@check
def children(c):
    equal(c.zk.get_children(c.root), [], 'none yet')
    for name in ('b', 'a', 'c'):
        c.zk.create(c.root + '/' + name)
    equal(sorted(c.zk.get_children(c.root)), ['a', 'b', 'c'], 'children')
    names, stat = c.zk.get_children(c.root, include_data=True)
    equal(sorted(names), ['a', 'b', 'c'], 'children with stat')
    equal((stat.numChildren, stat.cversion), (3, 3), 'stat of the parent')
    raises(NoNodeError, c.zk.get_children, c.root + '/missing')


@check
def many_children(c):
    pending = [c.zk.create_async('%s/child-%05d' % (c.root, n)) for n in range(3000)]
    for result in pending:
        result.get(timeout=WAIT)
    equal(len(c.zk.get_children(c.root)), 3000, 'children')


@check
def delete(c):
    path = c.root + '/d'
    c.zk.create(path + '/child', makepath=True)
    raises(NotEmptyError, c.zk.delete, path)
    raises(BadVersionError, c.zk.delete, path + '/child', version=7)
    c.zk.delete(path + '/child', version=0)
    c.zk.delete(path)
    raises(NoNodeError, c.zk.delete, path)
    c.zk.ensure_path(path + '/x/y/z')
    c.zk.delete(path, recursive=True)
    true(c.zk.exists(path) is None, 'recursive')


@check
def root_and_reserved_nodes_stay(c):
    raises(BadArgumentsError, c.zk.delete, '/')
    raises(NodeExistsError, c.zk.create, '/')


@check
def sync(c):
    equal(c.zk.sync(c.root), c.root, 'sync answers its path')


@check
def pipelining_keeps_order(c):
    path = c.root + '/counter'
    c.zk.create(path, b'')
    results = []
    for n in range(500):
        results.append((c.zk.set_async(path, b'%d' % n), c.zk.get_async(path)))
    for n, (written, read) in enumerate(results):
        equal(written.get(timeout=WAIT).version, n + 1, 'version of write %d' % n)
        equal(read.get(timeout=WAIT)[0], b'%d' % n, 'a session reads its own write %d' % n)


# ---------------------------------------------------------------- watches

@check
def one_shot_data_watch(c):
    path = c.root + '/w'
    c.zk.create(path, b'0')
    events = Recorder()
    c.zk.get(path, watch=events)
    c.zk.set(path, b'1')
    event = events.wait_for(1, 'changed')[0]
    equal(event, WatchedEvent(EventType.CHANGED, 'CONNECTED', path), 'event')
    c.zk.set(path, b'2')
    c.zk.sync(path)
    equal(len(events.items), 1, 'it fires once')
    c.zk.get(path, watch=events)
    c.zk.delete(path)
    equal(events.wait_for(2, 'deleted')[1].type, EventType.DELETED, 'event')


@check
def one_shot_exists_watch(c):
    path = c.root + '/w'
    events = Recorder()
    c.zk.exists(path, watch=events)
    c.zk.create(path)
    equal(events.wait_for(1, 'created')[0].type, EventType.CREATED, 'event')
    c.zk.exists(path, watch=events)
    c.zk.set(path, b'1')
    equal(events.wait_for(2, 'changed')[1].type, EventType.CHANGED, 'event')


@check
def one_shot_children_watch(c):
    events = Recorder()
    c.zk.get_children(c.root, watch=events)
    c.zk.set(c.root, b'data is no business of a children watch')
    c.zk.create(c.root + '/x')
    equal(events.wait_for(1, 'child')[0], WatchedEvent(EventType.CHILD, 'CONNECTED', c.root), 'event')
    c.zk.create(c.root + '/y')
    c.zk.sync(c.root)
    equal(len(events.items), 1, 'it fires once')


@check
def one_event_for_data_and_children_watch(c):
    path = c.root + '/both'
    c.zk.create(path)
    data, child = Recorder(), Recorder()
    c.zk.get(path, watch=data)
    c.zk.get_children(path, watch=child)
    c.zk.delete(path)
    equal(data.wait_for(1, 'data watch')[0].type, EventType.DELETED, 'data watch')
    equal(child.wait_for(1, 'children watch')[0].type, EventType.DELETED, 'children watch')


@check
def data_watch_recipe(c):
    path = c.root + '/watched'
    seen = Recorder()

    @DataWatch(c.zk, path)
    def changed(data, stat):
        seen((data, None if stat is None else stat.version))

    equal(seen.wait_for(1, 'first call')[0], (None, None), 'missing at first')
    for n, step in enumerate([
        lambda: c.zk.create(path, b'a'),
        lambda: c.zk.set(path, b'b'),
        lambda: c.zk.delete(path),
        lambda: c.zk.create(path, b'c'),
    ]):
        step()
        seen.wait_for(n + 2, 'call %d' % (n + 2))
    equal(seen.items[1:], [(b'a', 0), (b'b', 1), (None, None), (b'c', 0)], 'calls')


@check
def children_watch_recipe(c):
    seen = Recorder()

    @ChildrenWatch(c.zk, c.root)
    def changed(names):
        seen(sorted(names))

    seen.wait_for(1, 'first call')
    c.zk.create(c.root + '/a')
    seen.wait_for(2, 'second call')
    c.zk.create(c.root + '/b')
    seen.wait_for(3, 'third call')
    c.zk.delete(c.root + '/a')
    seen.wait_for(4, 'fourth call')
    equal(seen.items, [[], ['a'], ['a', 'b'], ['b']], 'calls')


@check
def watch_reaches_other_client(c):
    other = c.client()
    path = c.root + '/shared'
    c.zk.create(path, b'0')
    events = Recorder()
    other.get(path, watch=events)
    c.zk.set(path, b'1')
    events.wait_for(1, 'event at the other client')
    other.sync(path)
    equal(other.get(path)[0], b'1', 'data at the other client')


# ---------------------------------------------------------------- transactions

@check
def transaction_commits(c):
    c.zk.create(c.root + '/t', b'0')
    c.zk.create(c.root + '/old')
    t = c.zk.transaction()
    t.check(c.root + '/t', version=0)
    t.create(c.root + '/new', b'n')
    t.create(c.root + '/seq-', sequence=True)
    t.set_data(c.root + '/t', b'1')
    t.delete(c.root + '/old')
    results = t.commit()
    equal(results[0], True, 'check')
    equal(results[1], c.root + '/new', 'create')
    equal(results[2], c.root + '/seq-0000000003', 'sequential create')
    equal(results[3].version, 1, 'set_data')
    equal(results[4], True, 'delete')
    stats = [c.zk.exists(c.root + '/new'), c.zk.exists(results[2])]
    equal(stats[0].czxid, stats[1].czxid, 'one zxid for the whole transaction')
    equal(c.zk.exists(c.root + '/t').mzxid, stats[0].czxid, 'one zxid for the whole transaction')


@check
def transaction_fails_as_one(c):
    c.zk.create(c.root + '/t', b'0')
    t = c.zk.transaction()
    t.create(c.root + '/new')
    t.check(c.root + '/t', version=9)
    t.delete(c.root + '/t')
    results = t.commit()
    equal([type(r) for r in results], [RolledBackError, BadVersionError, RuntimeInconsistency], 'results')
    true(c.zk.exists(c.root + '/new') is None, 'nothing was created')
    true(c.zk.exists(c.root + '/t') is not None, 'nothing was deleted')


@check
def transaction_sees_its_own_changes(c):
    t = c.zk.transaction()
    t.create(c.root + '/a')
    t.create(c.root + '/a/b', b'x')
    t.set_data(c.root + '/a/b', b'y', version=0)
    t.check(c.root + '/a/b', version=1)
    results = t.commit()
    true(not any(isinstance(r, Exception) for r in results), repr(results))
    equal(c.zk.get(c.root + '/a/b')[0], b'y', 'data')


# ---------------------------------------------------------------- recipes

@check
def lock(c):
    other = c.client()
    path = c.root + '/lock'
    mine, theirs = c.zk.Lock(path, 'one'), other.Lock(path, 'two')
    true(mine.acquire(timeout=WAIT), 'acquired')
    equal(mine.contenders(), ['one'], 'contenders')
    true(not theirs.acquire(blocking=False), 'a second holder is refused')
    raises(LockTimeout, theirs.acquire, timeout=0.3)
    got = Recorder()
    waiter = threading.Thread(target=lambda: got(theirs.acquire(timeout=WAIT)))
    waiter.start()
    eventually(lambda: mine.contenders() == ['one', 'two'], 'the waiter is in the queue')
    equal(got.items, [], 'it waits')
    mine.release()
    equal(got.wait_for(1, 'handed over'), [True], 'handed over')
    waiter.join()
    theirs.release()
    equal(c.zk.get_children(path), [], 'nothing is left')


@check
def lock_never_has_two_holders(c):
    path = c.root + '/lock'
    clients = [c.client() for _ in range(4)]
    inside, overlaps, entries = [0], [0], [0]
    guard = threading.Lock()

    def contend(zk):
        for _ in range(10):
            with zk.Lock(path):
                with guard:
                    inside[0] += 1
                    entries[0] += 1
                    overlaps[0] += inside[0] > 1
                time.sleep(0.001)
                with guard:
                    inside[0] -= 1

    threads = [threading.Thread(target=contend, args=(zk,)) for zk in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal((entries[0], overlaps[0]), (40, 0), 'entries, overlaps')


@check
def lock_of_closed_session_passes_on(c):
    holder = c.client()
    path = c.root + '/lock'
    true(holder.Lock(path).acquire(timeout=WAIT), 'acquired')
    holder.stop()
    true(c.zk.Lock(path).acquire(timeout=WAIT), 'passed on')


@check
def read_write_lock(c):
    other = c.client()
    path = c.root + '/rw'
    first, second, writer = c.zk.ReadLock(path), other.ReadLock(path), other.WriteLock(path)
    true(first.acquire(timeout=WAIT) and second.acquire(timeout=WAIT), 'readers share')
    true(not writer.acquire(blocking=False), 'a writer waits for readers')
    first.release()
    second.release()
    true(writer.acquire(timeout=WAIT), 'the writer\'s turn')
    true(not first.acquire(blocking=False), 'a reader waits for the writer')
    writer.release()


@check
def election(c):
    other = c.client()
    path = c.root + '/election'
    order = Recorder()
    leading, leave = threading.Event(), threading.Event()

    def lead_first():
        order('first')
        leading.set()
        leave.wait(WAIT)

    one = threading.Thread(target=c.zk.Election(path, 'first').run, args=(lead_first,))
    one.start()
    true(leading.wait(WAIT), 'the first leads')
    two = threading.Thread(target=other.Election(path, 'second').run, args=(lambda: order('second'),))
    two.start()
    eventually(lambda: c.zk.Election(path).contenders() == ['first', 'second'], 'both are in the queue')
    equal(order.items, ['first'], 'one leader at a time')
    leave.set()
    one.join()
    two.join()
    equal(order.items, ['first', 'second'], 'leaders')


@check
def semaphore(c):
    other = c.client()
    path = c.root + '/semaphore'
    leases = [c.zk.Semaphore(path, max_leases=2), other.Semaphore(path, max_leases=2), other.Semaphore(path, max_leases=2)]
    true(leases[0].acquire(timeout=WAIT) and leases[1].acquire(timeout=WAIT), 'two leases')
    true(not leases[2].acquire(blocking=False), 'no third lease')
    leases[0].release()
    true(leases[2].acquire(timeout=WAIT), 'a lease that was given back')
    leases[1].release()
    leases[2].release()


@check
def party(c):
    other = c.client()
    path = c.root + '/party'
    mine, theirs = c.zk.Party(path, 'one'), other.Party(path, 'two')
    mine.join()
    theirs.join()
    equal((sorted(mine), len(theirs)), (['one', 'two'], 2), 'members')
    other.stop()
    eventually(lambda: list(mine) == ['one'], 'a member leaves with its session')
    mine.leave()
    equal(len(mine), 0, 'members')


@check
def counter(c):
    clients = [c.zk] + [c.client() for _ in range(2)]

    def count(zk):
        counter = zk.Counter(c.root + '/counter')
        retry = KazooRetry(max_tries=-1, delay=0.001, max_delay=0.01)
        zk.retry = retry
        for _ in range(20):
            counter += 1

    threads = [threading.Thread(target=count, args=(zk,)) for zk in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(c.zk.Counter(c.root + '/counter').value, 60, 'no increment is lost')


@check
def queue(c):
    other = c.client()
    path = c.root + '/queue'
    mine, theirs = c.zk.LockingQueue(path), other.LockingQueue(path)
    mine.put_all([b'one', b'two', b'three'])
    equal(theirs.get(timeout=WAIT), b'one', 'first')
    equal(mine.get(timeout=WAIT), b'two', 'second, the first is locked')
    true(theirs.consume() and mine.consume(), 'consumed')
    equal(len(mine), 1, 'left')


@check
def barrier(c):
    other = c.client()
    barrier = c.zk.Barrier(c.root + '/barrier')
    barrier.create()
    true(not other.Barrier(c.root + '/barrier').wait(0.2), 'closed')
    passed = Recorder()
    waiter = threading.Thread(target=lambda: passed(other.Barrier(c.root + '/barrier').wait(WAIT)))
    waiter.start()
    barrier.remove()
    equal(passed.wait_for(1, 'passed'), [True], 'passed')
    waiter.join()


@check
def partitioner(c):
    other = c.client()
    sets = [zk.SetPartitioner(c.root + '/parts', set=(1, 2, 3, 4), identifier=str(n), time_boundary=0.2)
            for n, zk in enumerate((c.zk, other))]
    eventually(lambda: all(one.acquired for one in sets), 'both have their share')
    equal(sorted(list(sets[0]) + list(sets[1])), [1, 2, 3, 4], 'every part once')
    for one in sets:
        one.finish()


# ---------------------------------------------------------------- authentication and ACLs

@check
def digest_acl(c):
    path = c.root + '/secret'
    owner = c.client(auth_data=[('digest', 'anna:secret')])
    acl = [make_digest_acl('anna', 'secret', all=True)]
    owner.create(path, b'x', acl=acl)
    equal(owner.get(path)[0], b'x', 'the owner reads')
    raises(NoAuthError, c.zk.get, path)
    raises(NoAuthError, c.zk.get_children, path)
    raises(NoAuthError, c.zk.set, path, b'y')
    raises(NoAuthError, c.zk.create, path + '/child')
    c.zk.add_auth('digest', 'anna:wrong')
    raises(NoAuthError, c.zk.get, path)
    c.zk.add_auth('digest', 'anna:secret')
    equal(c.zk.get(path)[0], b'x', 'after the right password')


@check
def auth_scheme_stands_for_the_creator(c):
    zk = c.client(auth_data=[('digest', 'bert:pw')])
    zk.create(c.root + '/mine', acl=[ACL(31, Id('auth', ''))])
    acls, _ = zk.get_acls(c.root + '/mine')
    equal(acls, [ACL(31, Id('digest', make_digest_acl_credential('bert', 'pw')))], 'resolved list')
    raises(NoAuthError, c.zk.get, c.root + '/mine')
    raises(InvalidACLError, c.zk.create, c.root + '/nobody', acl=[ACL(31, Id('auth', ''))])
    # Deleting needs a permission of the parent only.
    c.zk.delete(c.root + '/mine')


@check
def set_acls(c):
    path = c.root + '/acl'
    c.zk.create(path, b'x')
    acls, stat = c.zk.get_acls(path)
    equal((acls, stat.aversion), (OPEN_ACL_UNSAFE, 0), 'open at first')
    read_only = [make_digest_acl('a', 'b', all=True), ACL(1, Id('world', 'anyone'))]
    equal(c.zk.set_acls(path, read_only).aversion, 1, 'aversion')
    equal(c.zk.get(path)[0], b'x', 'everybody reads')
    raises(NoAuthError, c.zk.set, path, b'y')
    raises(NoAuthError, c.zk.set_acls, path, OPEN_ACL_UNSAFE)
    c.zk.add_auth('digest', 'a:b')
    raises(BadVersionError, c.zk.set_acls, path, OPEN_ACL_UNSAFE, version=0)
    c.zk.set_acls(path, OPEN_ACL_UNSAFE, version=1)
    raises(InvalidACLError, c.zk.set_acls, path, [ACL(31, Id('nonsense', 'x'))])


@check
def auth_survives_a_reconnect(c):
    zk = c.client(auth_data=[('digest', 'c:d')])
    zk.create(c.root + '/mine', b'x', acl=[make_digest_acl('c', 'd', all=True)])
    states = Recorder()
    zk.add_listener(states)
    cut_connection(zk)
    states.wait_for(2, 'suspended, connected')
    equal(zk.retry(zk.get, c.root + '/mine')[0], b'x', 'data')
    c.zk.delete(c.root + '/mine')


# ---------------------------------------------------------------- sessions

@check
def session_survives_a_cut_connection(c):
    zk = c.client()
    zk.create(c.root + '/e', ephemeral=True)
    session, password = zk.client_id
    states = Recorder()
    zk.add_listener(states)
    cut_connection(zk)
    equal(states.wait_for(2, 'states')[:2], [KazooState.SUSPENDED, KazooState.CONNECTED], 'states')
    equal(zk.client_id, (session, password), 'the same session')
    equal(zk.retry(zk.exists, c.root + '/e').ephemeralOwner, session, 'ephemerals are kept')


def die_with_session(hosts, path):
    """Another process creates an ephemeral node and dies without closing; returns its session."""
    script = (
        'import os, sys\n'
        'from kazoo.client import KazooClient\n'
        'zk = KazooClient(hosts=sys.argv[1], timeout=4.0); zk.start()\n'
        'zk.create(sys.argv[2], ephemeral=True)\n'
        'print(zk.client_id[0], zk.client_id[1].hex(), flush=True)\n'
        'os._exit(0)\n'
    )
    out = subprocess.run([sys.executable, '-c', script, hosts, path], check=True, timeout=WAIT, stdout=subprocess.PIPE).stdout
    session, password = out.decode().split()
    return int(session), bytes.fromhex(password)


@check
def session_continues_in_another_process(c):
    session = die_with_session(c.hosts, c.root + '/e')
    heir = c.client(client_id=session, timeout=4.0)
    equal(heir.client_id, session, 'the same session')
    time.sleep(6)
    equal(heir.exists(c.root + '/e').ephemeralOwner, session[0], 'its ephemerals live on')


@check
def session_moves_to_a_second_connection(c):
    first = c.client()
    first.create(c.root + '/e', ephemeral=True)
    session = first.client_id
    second = c.client(client_id=session)
    equal(second.client_id, session, 'the same session')
    first.stop()


@check
def session_with_wrong_password_is_refused(c):
    first = c.client()
    session = first.client_id
    second = c.client(client_id=(session[0], b'0' * 16))
    true(second.client_id[0] != session[0], 'a new session instead')
    # ZooKeeper cuts the owner's connection before it looks at the password; the session survives that.
    true(first.retry(first.exists, '/') is not None, 'the owner goes on')
    eventually(lambda: first.client_id == session, 'with its own session')


@check
def closed_session_cannot_return(c):
    first = c.client()
    old = first.client_id
    first.create(c.root + '/e', ephemeral=True)
    first.stop()
    second = c.client(client_id=old)
    true(second.client_id[0] != old[0], 'a new session instead')
    true(second.exists(c.root + '/e') is None, 'its ephemerals are gone')


@check
def ephemerals_of_a_dead_client_go_after_its_timeout(c):
    path = c.root + '/dead'
    gone = Recorder()
    die_with_session(c.hosts, path)
    true(c.zk.exists(path, watch=gone) is not None, 'its node outlives the connection')
    gone.wait_for(1, 'its node goes with its session')


@check
def pings_keep_a_session(c):
    zk = c.client(timeout=4.0)
    zk.create(c.root + '/idle', ephemeral=True)
    states = Recorder()
    zk.add_listener(states)
    time.sleep(9)
    equal(states.items, [], 'no state change while idle')
    true(c.zk.exists(c.root + '/idle') is not None, 'its node is still there')


@check
def close_and_start_again(c):
    zk = c.client()
    first = zk.client_id[0]
    zk.stop()
    zk.start(timeout=WAIT)
    true(zk.exists('/') is not None, 'it works again')
    true(zk.client_id[0] != first, 'with a new session')


@check
def chroot(c):
    zk = KazooClient(hosts=c.hosts + c.root)
    c.clients.append(zk)
    zk.start(timeout=WAIT)
    zk.create('/inside', b'x')
    events = Recorder()
    zk.get('/inside', watch=events)
    c.zk.set(c.root + '/inside', b'y')
    equal(events.wait_for(1, 'event')[0].path, '/inside', 'paths of events are inside too')
    equal(zk.get_children('/'), ['inside'], 'children')


@check
def read_only_client(c):
    zk = c.client(read_only=True)
    true(zk.exists('/') is not None, 'a client that would accept a read-only server')


# ---------------------------------------------------------------- operations

@check
def four_letter_words(c):
    equal(c.zk.command(b'ruok'), 'imok', 'ruok')
    srvr = c.zk.command(b'srvr')
    for field in ('Zookeeper version: ', 'Latency min/avg/max: ', 'Received: ', 'Sent: ', 'Connections: ', 'Outstanding: ', 'Zxid: 0x', 'Mode: standalone', 'Node count: '):
        true(field in srvr, 'srvr has %r: %r' % (field, srvr))
    equal(c.zk.command(b'isro'), 'rw', 'isro')
    mntr = dict(line.split('\t', 1) for line in c.zk.command(b'mntr').splitlines() if line.count('\t') == 1)
    for key in ('version', 'server_state', 'avg_latency', 'min_latency', 'max_latency', 'packets_received', 'packets_sent', 'num_alive_connections',
                'outstanding_requests', 'znode_count', 'watch_count', 'ephemerals_count', 'approximate_data_size', 'open_file_descriptor_count',
                'max_file_descriptor_count', 'uptime', 'global_sessions'):
        true('zk_' + key in mntr, 'mntr has zk_%s' % key)
    equal(mntr['zk_server_state'], 'standalone', 'server state')
    true('sid=0x%x' % (c.zk.client_id[0] & (2 ** 64 - 1)) in c.zk.command(b'cons'), 'cons shows the session')
    true('clientPort=' in c.zk.command(b'conf'), 'conf')
    true(c.zk.server_version() >= (3, 5), 'version')


def main():
    if sys.argv[1] == '--list':
        for function in CHECKS:
            print(function.__name__)
        return
    for function in CHECKS:
        error, context = None, None
        try:
            context = Context(sys.argv[1])
            function(context)
        except Exception:
            error = traceback.format_exc()
        try:
            if context is not None:
                context.close()
        except Exception:
            error = error or traceback.format_exc()
        print(json.dumps({'name': function.__name__, 'ok': error is None, 'error': error}), flush=True)
        if context is None:
            return


main()
