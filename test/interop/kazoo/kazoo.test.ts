// kazoo, the Python client: checks.py drives a server and reports each of its checks, which are the tests here.

import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exited } from '../support/child-process.ts'
import { PYTHON } from '../support/requirements.ts'
import { type RunningServer, SERVERS } from '../support/servers.ts'

const SCRIPT = fileURLToPath(new URL('./checks.py', import.meta.url))

interface CheckResult {
  readonly name: string
  readonly ok: boolean
  readonly error: string | null
}

const names = spawnSync(PYTHON, [SCRIPT, '--list'], { encoding: 'utf8' }).stdout.trim().split('\n')

async function runChecks(hosts: string): Promise<Map<string, CheckResult>> {
  const child = spawn(PYTHON, [SCRIPT, hosts], { stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let log = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  const code = await exited(child)
  if (code !== 0) throw new Error(`checks.py ended with ${code}:\n${log}`)
  const results = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as CheckResult)
  return new Map(results.map((result) => [result.name, result]))
}

test('the script lists its checks', () => {
  expect(names.length).toBeGreaterThanOrEqual(50)
})

describe.each(SERVERS)('kazoo: %s', (_name, start) => {
  let server: RunningServer
  let results: Map<string, CheckResult>

  beforeAll(async () => {
    server = await start()
    results = await runChecks(server.hosts)
  })

  afterAll(() => server.stop())

  test.each(names)('%s', (name) => {
    expect(results.get(name)).toEqual({ name, ok: true, error: null })
  })
})
