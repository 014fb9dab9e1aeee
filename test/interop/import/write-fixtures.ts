// Writes the files of test/tools/fixtures: data of a real Apache ZooKeeper, and what that server showed of it before it was killed. They are
// committed, so this is no part of any suite:
//
//   npx vitest run --config test/interop/import/write-fixtures.config.ts

import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, it } from 'vitest'
import { reservedPort } from '../../support/reserved-ports.ts'
import { type ApacheOptions, startApacheZooKeeperIn } from '../support/apache-zookeeper.ts'
import { hex, takeCensus } from './census.ts'
import { SUPER_DIGEST, Workload } from './workload.ts'

const FIXTURES = fileURLToPath(new URL('../../tools/fixtures/', import.meta.url))
const SUPER = `zookeeper.DigestAuthenticationProvider.superDigest=${SUPER_DIGEST}`
/** 1 KiB ahead: the zeros behind the records stay few. */
const COMMON = [SUPER, 'zookeeper.preAllocSize=1']

interface Scenario {
  readonly name: string
  readonly seed: number
  /** One server after the other on the same data; each is killed. */
  readonly lives: readonly (Omit<ApacheOptions, 'port'> & { readonly steps: number })[]
}

const SCENARIOS: readonly Scenario[] = [
  { name: 'log-only', seed: 1, lives: [{ steps: 60 }] },
  { name: 'restarted', seed: 2, lives: [{ steps: 40 }, { steps: 40 }, { steps: 30 }] },
  { name: 'gzip', seed: 3, lives: [{ steps: 30 }, { steps: 20, properties: ['zookeeper.snapshot.compression.method=gz'] }] },
  {
    name: 'no-digest',
    seed: 4,
    lives: [
      { steps: 40, properties: ['zookeeper.digest.enabled=false', 'zookeeper.closeSessionTxn.enabled=false'] },
      { steps: 30, properties: ['zookeeper.digest.enabled=false', 'zookeeper.closeSessionTxn.enabled=false'] },
    ],
  },
  {
    name: 'ensemble',
    seed: 5,
    lives: [
      {
        steps: 40,
        lines: ['standaloneEnabled=false', 'server.1=127.0.0.1:QUORUM:ELECTION;127.0.0.1:CLIENT', 'initLimit=5', 'syncLimit=2'],
      },
      {
        steps: 30,
        lines: ['standaloneEnabled=false', 'server.1=127.0.0.1:QUORUM:ELECTION;127.0.0.1:CLIENT', 'initLimit=5', 'syncLimit=2'],
      },
    ],
  },
]

describe('fixtures', () => {
  it.each(SCENARIOS)('$name', async (scenario) => {
    const home = await mkdtemp(join(tmpdir(), 'zookeeper-fixture-'))
    try {
      const expected = await live(home, scenario)
      const target = join(FIXTURES, scenario.name)
      await rm(target, { recursive: true, force: true })
      await mkdir(target, { recursive: true })
      await cp(join(home, 'data/version-2'), join(target, 'version-2'), { recursive: true })
      await writeFile(join(target, 'expected.json'), `${JSON.stringify(expected)}\n`)
    } finally {
      await rm(home, { recursive: true, force: true })
    }
  })
})

async function live(home: string, { seed, lives }: Scenario): Promise<unknown> {
  const port = await reservedPort()
  const ports = { QUORUM: await reservedPort(), ELECTION: await reservedPort(), CLIENT: port }
  await mkdir(join(home, 'data'))
  await writeFile(join(home, 'data/myid'), '1\n')
  let expected: unknown = null
  const workload = new Workload(`127.0.0.1:${port}`, seed)
  for (const [turn, { steps, lines = [], properties = [] }] of lives.entries()) {
    const server = await startApacheZooKeeperIn(home, {
      port,
      lines: lines.map((line) => line.replace(/QUORUM|ELECTION|CLIENT/g, (word) => String(ports[word as keyof typeof ports]))),
      properties: [...COMMON, ...properties],
    })
    if (turn === 0) await workload.begin()
    await workload.run(steps)
    if (turn === 0) await workload.reaped()
    const [reader] = workload.clients
    if (turn === lives.length - 1 && reader !== undefined) {
      // The connection's newest zxid, after a write that is the last of all.
      await reader.setData('/w', 'last')
      expected = { lastZxid: hex(reader.lastZxid), nodes: await takeCensus(reader), sessions: await sessionsOf(workload) }
    }
    await server.kill()
  }
  await workload.abandon()
  return expected
}

async function sessionsOf({ clients, silentSession }: Workload): Promise<unknown[]> {
  const { hi, lo, password } = silentSession
  const silent = hex((BigInt(hi) << 32n) | BigInt(lo))
  const sessions: unknown[] = [{ id: silent, timeoutMs: 40_000, password: password.toString('hex'), ephemerals: ['/w/silent'] }]
  for (const client of clients) {
    const { id, timeoutMs, password } = client.session
    sessions.push({ id: hex(id), timeoutMs, password: password.toString('hex'), ephemerals: (await client.getEphemerals()).sort() })
  }
  return sessions
}
