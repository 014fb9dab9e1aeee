"""kazoo's recipes."""
import threading
import time

from kazoo.exceptions import LockTimeout
from kazoo.retry import KazooRetry

from harness import WAIT, Recorder, check, equal, eventually, raises, true


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
