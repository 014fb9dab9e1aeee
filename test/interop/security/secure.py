"""kazoo over TLS and with SASL DIGEST-MD5: prints one JSON line for each check.

secure.py tls  HOSTS_PLAIN HOSTS_SECURE CA CERT KEY SUBJECT
secure.py sasl HOSTS
secure.py required HOSTS
"""
import json
import logging
import sys

from kazoo.client import KazooClient
from kazoo.exceptions import NoAuthError
from kazoo.security import Id, make_acl

logging.disable(logging.CRITICAL)
WAIT = 15.0
CLIENTS = []


def check(name, function):
    try:
        function()
        result = {'name': name, 'ok': True, 'error': None}
    except Exception as error:
        result = {'name': name, 'ok': False, 'error': '%s: %s' % (type(error).__name__, error)}
    print(json.dumps(result), flush=True)


def client(hosts, **options):
    zk = KazooClient(hosts=hosts, timeout=10.0, **options)
    CLIENTS.append(zk)
    zk.start(timeout=WAIT)
    return zk


def sasl(user, password):
    return {'mechanism': 'DIGEST-MD5', 'username': user, 'password': password}


def raises(error, call, *args, **options):
    try:
        result = call(*args, **options)
    except error:
        return
    raise AssertionError('expected %s, got %r' % (error, result))


def equal(actual, expected):
    if actual != expected:
        raise AssertionError('expected %r, got %r' % (expected, actual))


def tls(plain_hosts, secure_hosts, ca, cert, key, subject):
    options = dict(use_ssl=True, ca=ca, certfile=cert, keyfile=key)
    mine = [make_acl('x509', subject, all=True)]

    def carries():
        zk = client(secure_hosts, **options)
        zk.create('/tls', b'x' * 200000)
        equal(len(zk.get('/tls')[0]), 200000)
        zk.set('/tls', b'small')
        equal(zk.get('/tls')[0], b'small')

    def identity():
        zk = client(secure_hosts, **options)
        zk.create('/mine', b'secret', acl=mine)
        equal(zk.get('/mine')[0], b'secret')
        raises(NoAuthError, client(plain_hosts).get, '/mine')

    def auth_expands():
        zk = client(secure_hosts, **options)
        zk.create('/x509', b'', acl=[make_acl('auth', '', all=True)])
        equal([acl.id for acl in zk.get_acls('/x509')[0]], [Id('x509', subject)])

    def demanded():
        raises(Exception, client, secure_hosts, use_ssl=True, ca=ca)

    check('requests and replies', carries)
    check('the certificate is an identity', identity)
    check('auth in a list stands for it', auth_expands)
    check('a certificate is demanded', demanded)


def with_sasl(hosts):
    mine = [make_acl('sasl', 'bob', all=True)]

    def logs_in():
        zk = client(hosts, sasl_options=sasl('bob', 'bobsecret'))
        zk.create('/bobs', b'secret', acl=mine)
        equal(zk.get('/bobs')[0], b'secret')
        equal([acl.id for acl in zk.get_acls('/bobs')[0]], [Id('sasl', 'bob')])

    def others():
        raises(NoAuthError, client(hosts).get, '/bobs')
        raises(NoAuthError, client(hosts, sasl_options=sasl('ann', 'annsecret')).get, '/bobs')

    def refused(user, password):
        # kazoo says that it is connected before it logs in.
        zk = KazooClient(hosts=hosts, timeout=10.0, sasl_options=sasl(user, password))
        CLIENTS.append(zk)
        try:
            zk.start(timeout=WAIT)
            # Apache ZooKeeper lets an unknown user in as nobody.
            zk.get_async('/bobs').get(timeout=5)
        except Exception:
            return
        raise AssertionError('%s was let in' % user)

    def wrong():
        refused('bob', 'wrong')

    def unknown():
        refused('nobody', 'bobsecret')

    def auth_expands():
        zk = client(hosts, sasl_options=sasl('bob', 'bobsecret'))
        zk.create('/expanded', b'', acl=[make_acl('auth', '', all=True)])
        equal([acl.id for acl in zk.get_acls('/expanded')[0]], [Id('sasl', 'bob')])

    check('logs in', logs_in)
    check('others are refused', others)
    check('a wrong password', wrong)
    check('an unknown user', unknown)
    check('auth in a list stands for the user', auth_expands)


def required(hosts):
    def without():
        zk = KazooClient(hosts=hosts, timeout=10.0)
        CLIENTS.append(zk)
        zk.start(timeout=WAIT)
        # kazoo has no name for the code; what counts is that nothing is served.
        raises(Exception, zk.get_async('/').get, timeout=5)

    def with_login():
        zk = client(hosts, sasl_options=sasl('bob', 'bobsecret'))
        zk.create('/required', b'x')
        equal(zk.get('/required')[0], b'x')

    check('refused without a login', without)
    check('served with one', with_login)


{'tls': tls, 'sasl': with_sasl, 'required': required}[sys.argv[1]](*sys.argv[2:])
for zk in CLIENTS:
    zk.stop()
    zk.close()
