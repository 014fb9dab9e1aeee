// One lock, contended for by this package, kazoo and Curator at the same time. Whoever holds it reads a log, and writes it longer by a line
// under the version it read: two holders at a time would fail, and lose a line.

import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../../core/index.ts'
import { connect } from '../../../core/index.ts'
import { Mutex } from '../../../recipes/mutex.ts'
import type { LockInterop } from '../../../recipes/support/foreign-locks.ts'
import { exited } from '../support/child-process.ts'
import { javaClasspath, PYTHON } from '../support/requirements.ts'
import { type RunningServer, SERVERS } from '../support/servers.ts'

const FOLDER = fileURLToPath(new URL('./', import.meta.url))
const CONTENDERS = 3
const ROUNDS = 8
const classes = mkdtempSync(join(tmpdir(), 'curator-locks-'))

beforeAll(() => {
  const compiler = ['-m', 'jdk.compiler/com.sun.tools.javac.Main', '-nowarn', '-cp', javaClasspath(), '-d', classes]
  const { status, stderr } = spawnSync('java', [...compiler, join(FOLDER, 'CuratorLocks.java')], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
})

afterAll(() => rmSync(classes, { recursive: true, force: true }))

async function program(command: string, args: readonly string[]): Promise<void> {
  const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  let text = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
  const code = await exited(child)
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${text}`)
}

function kazoo(hosts: string, path: string, names: LockInterop): Promise<void> {
  return program(PYTHON, [join(FOLDER, 'kazoo_locks.py'), hosts, path, String(CONTENDERS), String(ROUNDS), names])
}

function curator(hosts: string, path: string): Promise<void> {
  const flags = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=off', '-cp', `${classes}:${javaClasspath()}`]
  return program('java', [...flags, 'CuratorLocks', hosts, path, String(CONTENDERS), String(ROUNDS)])
}

async function ours(hosts: string, path: string, interop: LockInterop): Promise<void> {
  const clients = await Promise.all(Array.from({ length: CONTENDERS }, () => connect(hosts)))
  try {
    await Promise.all(clients.map((client, i) => contend(new Mutex(client, path, { interop }), client, path, `zoarium-${i}`)))
  } finally {
    await Promise.all(clients.map((client) => client.close()))
  }
}

async function contend(mutex: Mutex, client: Client, path: string, name: string): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    await mutex.run(async (lock) => {
      const { data, stat } = await client.getData(`${path}-log`)
      await lock.guard([{ type: 'setData', path: `${path}-log`, data: `${data}${name}\n`, version: stat.version }])
    })
  }
}

/** Lets all of them contend, and expects every line of every contender. */
async function mix(hosts: string, path: string, libraries: readonly ((hosts: string, path: string) => Promise<void>)[]): Promise<void> {
  await using eye = await connect(hosts)
  await eye.create(`${path}-log`, '')
  await Promise.all(libraries.map((library) => library(hosts, path)))
  const { data } = await eye.getData(`${path}-log`)
  const lines = (data?.toString() ?? '').trim().split('\n')
  expect(lines).toHaveLength(libraries.length * CONTENDERS * ROUNDS)
  for (const name of new Set(lines)) expect(lines.filter((line) => line === name)).toHaveLength(ROUNDS)
  await expect
    .poll(() =>
      eye.getChildren(path).then(
        ({ children }) => children,
        () => [],
      ),
    )
    .toEqual([])
}

describe.each(SERVERS)('one lock: %s', (_name, start) => {
  let server: RunningServer

  beforeAll(async () => {
    server = await start()
  })

  afterAll(() => server?.stop())

  test('with kazoo, as it comes', async () => {
    await mix(server.hosts, '/kazoo', [(h, p) => ours(h, p, 'kazoo'), (h, p) => kazoo(h, p, 'kazoo')])
  })

  test('with Curator', async () => {
    await mix(server.hosts, '/curator', [(h, p) => ours(h, p, 'curator'), curator])
  })

  test('with both, kazoo under names that Curator can put in order', async () => {
    await mix(server.hosts, '/all', [(h, p) => ours(h, p, 'curator'), curator, (h, p) => kazoo(h, p, 'curator')])
  })
})
