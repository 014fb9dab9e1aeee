"""Nodes: created in every mode, read, written, deleted."""
import os
import struct
from collections import namedtuple

from kazoo.exceptions import (
    BadArgumentsError,
    BadVersionError,
    NoChildrenForEphemeralsError,
    NodeExistsError,
    NoNodeError,
    NotEmptyError,
)
from kazoo.protocol.serialization import Create2
from kazoo.protocol.states import EventType
from kazoo.security import OPEN_ACL_UNSAFE

from harness import WAIT, Recorder, check, equal, raises, true


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
