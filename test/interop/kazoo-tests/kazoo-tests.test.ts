// kazoo's own tests, as Debian packages them: kazoo.testing starts and stops the servers, and cluster.py has it start ours.
// A test here is one of kazoo's modules; its outcomes go into the interop table one by one.

import { spawnSync } from 'node:child_process'
import { beforeAll, describe, expect, test } from 'vitest'
import { PYTHON } from '../support/requirements.ts'
import { SINGLE_SERVERS } from '../support/servers.ts'
import { type KazooOutcome, LIMIT_MS, runKazooTests } from './run-kazoo-tests.ts'

/** Why one of kazoo's tests may be skipped. Anything else would be a package that is missing here. */
const REASONS = [
  'Only run build config tests on Travis.',
  'Kerberos support not available.',
  'Test Kerberos environ not setup.',
  'needs three servers',
  'this build has no SASL',
  'a starting ZooKeeper may leave its client without an answer for longer than the test waits',
  'needs an ensemble to reconfigure',
]

const LIST = 'import os, kazoo.tests; print(*os.listdir(os.path.dirname(kazoo.tests.__file__)))'
const modules = spawnSync(PYTHON, ['-c', LIST], { encoding: 'utf8' })
  .stdout.split(/\s+/)
  .filter((file) => file.startsWith('test_') && file.endsWith('.py'))
  .sort()

let outcomes: ReadonlyMap<string, readonly KazooOutcome[]>

// Side by side: most of kazoo's tests wait.
beforeAll(async () => {
  outcomes = new Map(await Promise.all(SINGLE_SERVERS.map(async ([name]) => [name, await runKazooTests(name)] as const)))
}, LIMIT_MS + 30_000)

describe.each(SINGLE_SERVERS)('kazoo.tests: %s', (server) => {
  test.for(modules)('%s', (module, { task }) => {
    const own = outcomes.get(server)?.filter((outcome) => outcome.module === module) ?? []
    task.meta.outcomes = own.map(({ name, outcome, detail }) => ({ name, outcome, detail }))
    expect(own).not.toEqual([])
    expect(own.filter(({ outcome }) => outcome === 'failed')).toEqual([])
    expect(own.filter(({ outcome, detail }) => outcome === 'skipped' && !REASONS.includes(detail))).toEqual([])
  })
})
