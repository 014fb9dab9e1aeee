"""Authentication and access control lists."""
from kazoo.exceptions import BadVersionError, InvalidACLError, NoAuthError
from kazoo.security import ACL, Id, OPEN_ACL_UNSAFE, make_digest_acl, make_digest_acl_credential

from harness import Recorder, check, cut_connection, equal, raises


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
