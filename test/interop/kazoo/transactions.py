"""Transactions: all or nothing, with a result for each operation."""
from kazoo.exceptions import BadVersionError, RolledBackError, RuntimeInconsistency

from harness import check, equal, true


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
