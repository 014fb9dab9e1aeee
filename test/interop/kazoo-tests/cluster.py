"""A plugin of pytest for kazoo's own tests: gives them the server under test, and tells the outcome of each.

kazoo.testing starts and stops Apache ZooKeeper processes. With INTEROP_SERVER=zoarium it starts this package's command in their place:
INTEROP_NODE is the Node program, INTEROP_CLI the built command. Each test becomes one JSON line in the file INTEROP_RESULTS:
{"module": ..., "name": ..., "outcome": "passed" | "failed" | "skipped", "detail": ...}.
"""
import json
import os
import subprocess

import kazoo.testing.common as common
import pytest
from kazoo.client import KazooClient

# Tests that a single server cannot pass, whichever it is. They are skipped on both.
NEED_AN_ENSEMBLE = {
    'TestClient::test_update_host_list': 'needs three servers',
    'TestEventletClient::test_update_host_list': 'needs three servers',
    'TestGeventClient::test_update_host_list': 'needs three servers',
    'TestReadOnlyMode::test_read_only': 'needs three servers',
    'TestReconfig::test_add_remove_observer': 'needs an ensemble to reconfigure',
    'TestReconfig::test_bad_input': 'needs an ensemble to reconfigure',
    'TestReconfig::test_no_super_auth': 'needs an ensemble to reconfigure',
}

# Apache ZooKeeper sometimes never answers a connection that was made while it started: its client waits for longer than these tests do.
RESTART_UNDER_A_CLIENT = 'test_request_queuing_session_'

START_LIMIT_S = 60
SASL_FLAG = '--sasl-users-file'

# The password of "super" is "test", as kazoo.testing has it for Apache ZooKeeper.
SUPER_DIGEST = 'super:D/InIHSb7yEEbrWz8b9l71RjZJU='


class QuietApacheZooKeeper(common.ManagedZooKeeper):
    """Without the admin server, whose port nobody has checked to be free."""

    def __init__(self, *args, **kwargs):
        kwargs['configuration_entries'] = [*kwargs.get('configuration_entries', ()), 'admin.enableServer=false']
        super().__init__(*args, **kwargs)

    def run(self):
        """Returns when it has served a session: a JVM that starts slowly must not use up what a test gives its client for the reconnect."""
        if self.running:
            return
        super().run()
        client = KazooClient(self.address)
        client.start(timeout=START_LIMIT_S)
        client.stop()
        client.close()


class ManagedZoarium(common.ManagedZooKeeper):
    """This package's server behind the interface that kazoo's tests use: run, stop, reset and destroy."""

    def run(self):
        if self.running:
            return
        data_path = os.path.join(self.working_path, 'data')
        flags = ['--port', str(self.client_port), '--data-dir', data_path, '--json', '--log-level', 'warn']
        flags += ['--four-letter-words', '*', '--max-connections-per-address', '0']
        if self.jaas_config:
            flags += [SASL_FLAG, self.users_file()]
        self.process = subprocess.Popen(
            command('server', *flags),
            stdout=subprocess.PIPE,
            env={**os.environ, 'ZOARIUM_SUPER_DIGEST': SUPER_DIGEST},
        )
        if not self.process.stdout.readline():
            raise AssertionError('the server ended before it listened')
        self._running = True

    def users_file(self):
        """The users that kazoo.testing gives to Apache ZooKeeper, for nobody else to read."""
        path = os.path.join(self.working_path, 'jaas.conf')
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'w') as file:
            file.write(self.jaas_config)
        return path


def command(*args):
    return [os.environ['INTEROP_NODE'], os.environ['INTEROP_CLI'], *args]


def serves_zoarium():
    return os.environ['INTEROP_SERVER'] == 'zoarium'


def has_sasl():
    """A build without SASL cannot be asked for it."""
    return not serves_zoarium() or SASL_FLAG in subprocess.check_output(command('server', '--help'), text=True)


def pytest_configure(config):
    common.ManagedZooKeeper = ManagedZoarium if serves_zoarium() else QuietApacheZooKeeper


def pytest_collection_modifyitems(items):
    sasl = has_sasl()
    for item in items:
        reason = NEED_AN_ENSEMBLE.get('::'.join(item.nodeid.split('::')[-2:]))
        if RESTART_UNDER_A_CLIENT in item.nodeid and not serves_zoarium():
            reason = 'a starting ZooKeeper may leave its client without an answer for longer than the test waits'
        if not sasl and 'SASLDigest' in item.nodeid:
            reason = 'this build has no SASL'
        if reason is not None:
            item.add_marker(pytest.mark.skip(reason=reason))


def pytest_runtest_logreport(report):
    # A test is told once: by its call, or by a set-up that skipped or failed; a tear-down that fails is told too.
    if report.when != 'call' and report.outcome == 'passed':
        return
    module, name = report.nodeid.split('::', 1)
    detail = report.longrepr[2].removeprefix('Skipped: ') if report.outcome == 'skipped' else str(report.longrepr or '')
    line = {'module': os.path.basename(module), 'name': name, 'outcome': report.outcome, 'detail': detail}
    with open(os.environ['INTEROP_RESULTS'], 'a', encoding='utf-8') as results:
        results.write(json.dumps(line) + '\n')
