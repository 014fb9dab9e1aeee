// kazoo, the Python client: checks.py drives a server and reports each of its checks, which are the tests here.

import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { type CheckResults, runChecksOnAll } from '../support/check-results.ts'
import { PYTHON } from '../support/requirements.ts'
import { SERVERS } from '../support/servers.ts'

const SCRIPT = fileURLToPath(new URL('./checks.py', import.meta.url))

const names = spawnSync(PYTHON, [SCRIPT, '--list'], { encoding: 'utf8' }).stdout.trim().split('\n')

test('the script lists its checks', () => {
  expect(names.length).toBeGreaterThanOrEqual(50)
})

let results: ReadonlyMap<string, CheckResults>

beforeAll(async () => {
  results = await runChecksOnAll(PYTHON, [SCRIPT])
})

describe.each(SERVERS)('kazoo: %s', (server) => {
  test.each(names)('%s', (name) => {
    expect(results.get(server)?.get(name)).toEqual({ name, ok: true, error: null })
  })
})
