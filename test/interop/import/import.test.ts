// Moving from Apache ZooKeeper as an operator does: a live ZooKeeper under a random workload is killed, its folder imported, our server started
// on the same port. Its clients go on with their sessions; every node is compared field by field.

import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Client } from '../../../core/index.ts'
import type { ImportReport } from '../../../core/tools/zookeeper/import.ts'
import { RawSession } from '../../cli/raw-session.ts'
import { reservedPort } from '../../support/reserved-ports.ts'
import { type ApacheOptions, type ApacheProcess, startApacheZooKeeperIn } from '../support/apache-zookeeper.ts'
import { CLI_PATH, startZoariumOn } from '../support/zoarium-server.ts'
import { takeCensus } from './census.ts'
import { SUPER_DIGEST, Workload } from './workload.ts'

const { IMPORT_SEED } = process.env
const SEED = Number(IMPORT_SEED ?? 20_261_125)
const SUPER = `zookeeper.DigestAuthenticationProvider.superDigest=${SUPER_DIGEST}`
/** Snapshots while clients write: the log overlaps them. */
const FREQUENT_SNAPSHOTS = 'zookeeper.snapCount=40'

interface Mode {
  readonly name: string
  readonly ensemble: boolean
  readonly ownLogFolder: boolean
}

const MODES: readonly Mode[] = [
  { name: 'standalone', ensemble: false, ownLogFolder: false },
  { name: 'an ensemble with dataLogDir', ensemble: true, ownLogFolder: true },
]

describe.each(MODES)(`import of a killed ZooKeeper, $name (IMPORT_SEED=${SEED})`, ({ ensemble, ownLogFolder }) => {
  let home: string
  let zookeeper: ApacheProcess | null = null
  let workload: Workload | null = null

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'zookeeper-import-'))
  })

  afterEach(async () => {
    await zookeeper?.kill()
    await workload?.abandon()
    await rm(home, { recursive: true, force: true })
  })

  async function optionsOf(port: number): Promise<ApacheOptions> {
    const lines = ownLogFolder ? [`dataLogDir=${join(home, 'log')}`] : []
    if (ensemble) {
      const server = `server.1=127.0.0.1:${await reservedPort()}:${await reservedPort()};127.0.0.1:${port}`
      lines.push('standaloneEnabled=false', server, 'initLimit=5', 'syncLimit=2')
    }
    return { port, lines, properties: [SUPER, FREQUENT_SNAPSHOTS] }
  }

  function runImport(...flags: string[]): ImportReport {
    const folders = ['--from', join(home, 'data'), ...(ownLogFolder ? ['--log-dir', join(home, 'log')] : [])]
    const { status, stdout, stderr } = spawnSync(process.execPath, [CLI_PATH, 'import', ...folders, '--json', ...flags], {
      encoding: 'utf8',
    })
    if (status !== 0) throw new Error(`import ended with ${status}: ${stderr}`)
    return JSON.parse(stdout) as ImportReport
  }

  it('brings everything over, and its clients go on', async () => {
    const port = await reservedPort()
    const options = await optionsOf(port)
    await mkdir(join(home, 'data'))
    await writeFile(join(home, 'data/myid'), '1\n')
    zookeeper = await startApacheZooKeeperIn(home, options)
    workload = new Workload(`127.0.0.1:${port}`, SEED)
    await workload.begin(4)
    await workload.run(400)
    await workload.reaped()
    // Killed and started again, so that more than one snapshot and log lie there.
    await zookeeper.kill()
    zookeeper = await startApacheZooKeeperIn(home, options)
    await workload.run(300)
    const clients = [...workload.clients]
    const [reader] = clients
    if (reader === undefined) throw new Error('the workload keeps a session')
    await reader.setData('/w', 'last')
    const before = await takeCensus(reader)
    const owned = await Promise.all(clients.map((client) => client.getEphemerals()))
    const sessions = clients.map((client) => client.session.id)
    const lastZxid = reader.lastZxid
    await zookeeper.kill()
    zookeeper = null

    const dataDir = join(home, 'imported')
    const report = runImport('--data-dir', dataDir)
    expect(report).toMatchObject({ digest: 'equal', lossy: false, nodes: before.length, lastZxid: `0x${lastZxid.toString(16)}` })

    const zoarium = await startZoariumOn(dataDir, port, { ZOARIUM_SUPER_DIGEST: SUPER_DIGEST })
    try {
      expect(comparable(await takeCensus(reader))).toEqual(comparable(before))
      for (const [at, client] of clients.entries()) {
        expect((await client.getEphemerals()).sort()).toEqual(owned[at]?.sort())
        expect(client.session.id).toBe(sessions[at])
      }
      // Its client has gone; whoever knows the password takes it over. The wrong one is refused.
      const silent = await RawSession.open(port, workload.silentSession, 40_000, Number(lastZxid))
      expect(silent.identity).toEqual(workload.silentSession)
      silent.cut()
      const wrong = await RawSession.open(port, { ...workload.silentSession, password: Buffer.alloc(16) }, 40_000)
      expect(wrong.identity).toMatchObject({ hi: 0, lo: 0 })
      wrong.cut()
      const { stat } = await reader.create('/w/after', 'import')
      expect(stat.czxid).toBeGreaterThanOrEqual(BigInt(report.firstZxid))
      expect(stat.czxid).toBeGreaterThan(lastZxid + (1000n << 32n))
      await endsItsEphemerals(clients)
    } finally {
      await workload.abandon()
      await zoarium.stop()
    }
  })

  it('ends sessions on request, and a client that comes back opens a new one', async () => {
    const port = await reservedPort()
    await mkdir(join(home, 'data'))
    await writeFile(join(home, 'data/myid'), '1\n')
    zookeeper = await startApacheZooKeeperIn(home, await optionsOf(port))
    workload = new Workload(`127.0.0.1:${port}`, SEED)
    await workload.begin(2)
    await workload.run(60)
    const [reader] = workload.clients
    if (reader === undefined) throw new Error('the workload keeps a session')
    const { id } = reader.session
    await zookeeper.kill()
    zookeeper = null
    const dataDir = join(home, 'imported')
    expect(runImport('--data-dir', dataDir, '--drop-sessions', '--after-zxid', '0x270f00000005')).toMatchObject({
      sessions: 0,
      ephemerals: 0,
      firstZxid: '0x271100000000',
    })
    const zoarium = await startZoariumOn(dataDir, port, { ZOARIUM_SUPER_DIGEST: SUPER_DIGEST })
    try {
      const renewed = new Promise<void>((resolve) => {
        reader.on('status', (status) => {
          if (status.type === 'connected' && !status.resumed) resolve()
        })
      })
      if (reader.session.id === id) await renewed
      expect(reader.session.id).not.toBe(id)
      const nodes = await takeCensus(reader)
      expect(nodes.filter(({ stat }) => stat.ephemeralOwner !== '0x0')).toEqual([])
      expect(nodes.map(({ path }) => path)).toContain('/w/plain')
    } finally {
      await workload.abandon()
      await zoarium.stop()
    }
  })
})

/** A member of an ensemble sets the time of /zookeeper/config anew at its start and logs nothing of it. */
function comparable(nodes: Awaited<ReturnType<typeof takeCensus>>): unknown[] {
  return nodes.map((node) => (node.path === '/zookeeper/config' ? { ...node, stat: { ...node.stat, mtimeMs: 0 } } : node))
}

/** A session that ends on our server takes its nodes along. */
async function endsItsEphemerals(clients: readonly Client[]): Promise<void> {
  const [first, second] = clients
  if (first === undefined || second === undefined) return
  const paths = await second.getEphemerals()
  await second.close()
  for (const path of paths) expect(await first.exists(path)).toBeNull()
}
