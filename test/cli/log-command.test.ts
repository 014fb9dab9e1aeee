// `zoarium log`: what an operator does with a damaged log, from the refusal to the repaired server, as processes.
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ExitCode } from '../../core/cli/exit-codes.ts'
import { connect } from '../../core/index.ts'
import { CommandProcess } from './command-process.ts'
import { compiledCommand } from './compiled-command.ts'

const NODES = 20

let folder: string
/** A directory with 20 nodes, and the zxid of the last of them. */
let dataDir: string
let lastZxid: bigint

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zoarium-log-'))
  await compiledCommand()
  dataDir = join(folder, 'data')
  lastZxid = await serve(dataDir, async (server) => {
    const client = await connect(server)
    let last = 0n
    for (let i = 0; i < NODES; i++) last = (await client.create(`/node-${i}`, `marker-${i}-`.repeat(10))).stat.czxid
    const { code, stdout } = await CommandProcess.run(['log', 'inspect', '--data-dir', dataDir])
    expect(code).toBe(ExitCode.ok)
    expect(stdout).toMatch(/a lock file is there: a server may be running, then this is a moving picture/)
    await client.close()
    return last
  })
})

afterAll(() => rm(folder, { recursive: true }))

async function serve<T>(dir: string, work: (connectString: string) => Promise<T>): Promise<T> {
  await using server = await CommandProcess.start(['server', '--data-dir', dir, '--port', '0', '--json'])
  const { host, port } = await server.listening()
  const result = await work(`${host}:${port}`)
  server.signal('SIGTERM')
  expect(await server.exited).toBe(ExitCode.ok)
  return result
}

/** A copy of the directory in which the payload of one node's creation is damaged. */
async function damagedCopy(name: string, node: number): Promise<string> {
  const dir = join(folder, name)
  await cp(dataDir, dir, { recursive: true })
  const segment = join(dir, 'log/0000000001.log')
  const bytes = await readFile(segment)
  bytes.writeUInt8(255, bytes.indexOf(`marker-${node}-`))
  await writeFile(segment, bytes)
  return dir
}

async function contents(dir: string): Promise<string[]> {
  const names = (await readdir(dir, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
  return Promise.all(names.map(async ({ parentPath, name }) => `${name} ${(await readFile(join(parentPath, name))).toString('base64')}`))
}

describe('zoarium log inspect', () => {
  test('of a whole log shows segments, entries and the hard state, as text and as JSON', async () => {
    const { code, stdout } = await CommandProcess.run(['log', 'inspect', '--data-dir', dataDir])
    expect(code).toBe(ExitCode.ok)
    expect(stdout).toMatch(/can be used: the whole log is there/)
    expect(stdout).toMatch(/hard state {2}term 1, voted for 1/)
    expect(stdout).toMatch(/log\/0000000001.log {2}\d+ of 1048576 B, \d+ batches, \d+ written: entries 1 to \d+/)
    const json = await CommandProcess.run(['log', 'inspect', '--data-dir', dataDir, '--json'])
    expect(JSON.parse(json.stdout)).toMatchObject({ type: 'log', verdict: 'use', locked: false, damage: null, mark: null, aside: [] })
  })

  test('lists entries with their zxids, so that a client’s zxid can be found', async () => {
    const { stdout } = await CommandProcess.run(['log', 'inspect', '--data-dir', dataDir, '--entries'])
    const line = stdout.split('\n').find((text) => text.includes(`/node-${NODES - 1} `))
    expect(line).toContain(`0x${lastZxid.toString(16)} `)
    expect(line).toMatch(/request: create2? +\/node-19 +session [0-9a-f]+$/)
    const json = await CommandProcess.run(['log', 'inspect', '--data-dir', dataDir, '--entries', '--json'])
    const lines = json.stdout
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text) as { type: string; what?: string })
    expect(lines.filter(({ type }) => type === 'entry').length).toBeGreaterThan(NODES)
    expect(lines.at(-1)?.type).toBe('log')
  })

  test('of a folder without data says so', async () => {
    const { code, stderr } = await CommandProcess.run(['log', 'inspect', '--data-dir', folder])
    expect(code).toBe(ExitCode.storageRefused)
    expect(stderr).toMatch(/holds no data of this server/)
  })
})

describe('a damaged log', () => {
  test('stops the server, is shown, is repaired when the loss is accepted, and serves what is left with higher zxids', async () => {
    const dir = await damagedCopy('damaged', 12)
    const refused = await CommandProcess.run(['server', '--data-dir', dir, '--port', '0', '--log-format', 'json'])
    expect(refused.code).toBe(ExitCode.storageRefused)
    expect(refused.stderr).toMatch(/log\/0000000001.log at offset \d+.*zoarium snapshot restore.*zoarium log repair --data-dir/)

    const before = await contents(dir)
    const inspected = await CommandProcess.run(['log', 'inspect', '--data-dir', dir])
    expect(inspected.code).toBe(ExitCode.storageRefused)
    expect(inspected.stdout).toMatch(/DAMAGED: log\/0000000001.log at offset \d+: the checksum of a payload does not match/)
    const asked = await CommandProcess.run(['log', 'repair', '--data-dir', dir])
    expect(asked.code).toBe(ExitCode.storageRefused)
    expect(asked.stdout).toMatch(/lost: entries \d+ to \d+; everything up to entry \d+ can be kept/)
    expect(asked.stdout).toMatch(/With --accept-loss:\n {2}a new log with entries 1 to \d+\n {2}the term goes from 1 to 1001/)
    expect(asked.stdout).toMatch(/Nothing was changed/)
    expect(await contents(dir)).toEqual(before)

    const done = await CommandProcess.run(['log', 'repair', '--data-dir', dir, '--accept-loss', '--json'])
    expect(done.code).toBe(ExitCode.ok)
    const result = JSON.parse(done.stdout) as { outcome: string; suffix: string }
    expect(result.outcome).toBe('repaired')
    expect(await readdir(join(dir, 'log'))).toContain(`0000000001.log.damaged-${result.suffix}`)
    await serve(dir, async (server) => {
      const client = await connect(server)
      expect((await client.getData('/node-11')).data?.toString()).toContain('marker-11-')
      expect(await client.exists('/node-12')).toBeNull()
      expect((await client.create('/after', null)).stat.czxid).toBeGreaterThan(lastZxid + (1000n << 32n) - 1n)
      await client.close()
    })
  })

  test('is not touched while a server runs on the directory', async () => {
    const dir = join(folder, 'running')
    await serve(dir, async () => {
      const { code, stderr } = await CommandProcess.run(['log', 'repair', '--data-dir', dir, '--accept-loss'])
      expect(code).toBe(ExitCode.storageRefused)
      expect(stderr).toMatch(/is in use by process \d+/)
    })
  })

  test('needs the directory named', async () => {
    expect((await CommandProcess.run(['log', 'repair'])).code).toBe(ExitCode.usage)
  })
})
