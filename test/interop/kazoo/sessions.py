"""Sessions: kept, moved, refused, expired, closed."""
import subprocess
import sys
import time

from kazoo.client import KazooClient, KazooState

from harness import WAIT, Recorder, check, cut_connection, equal, eventually, true


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
