"""Watches: one-shot ones and the recipes on top of them."""
from kazoo.protocol.states import EventType, WatchedEvent
from kazoo.recipe.watchers import ChildrenWatch, DataWatch

from harness import Recorder, check, equal


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
