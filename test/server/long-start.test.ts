// A start on much data: it tells how far it is, gives way, and can be given up.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connect } from '../../core/index.ts'
import { type StartProgress, startServer } from '../../core/server/index.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoarium-start-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const NODES = 9000
const NEVER = 1_000_000

async function fill(dataDir: string, snapshotEveryEntries: number): Promise<void> {
  const server = await startServer({ dataDir, snapshotEveryEntries })
  const client = await connect(server.connectString)
  await client.create('/n')
  const data = Buffer.alloc(100, 'x')
  await Promise.all(Array.from({ length: NODES }, (_, i) => client.create(`/n/${i}`, data)))
  await client.close()
  await server.close()
  expect(readdirSync(join(dataDir, 'snapshots')).length > 0).toBe(snapshotEveryEntries < NODES)
}

async function childCount(connectString: string): Promise<number> {
  const client = await connect(connectString)
  try {
    return (await client.getChildren('/n')).children.length
  } finally {
    await client.close()
  }
}

describe('a start on much data', () => {
  it('tells how far it is, phase by phase, and serves everything at its end', async () => {
    const dataDir = join(folder, 'data')
    await fill(dataDir, NODES / 2)
    const seen: StartProgress[] = []
    await using server = await startServer({ dataDir }, { onProgress: (progress) => seen.push(progress) })
    expect(await childCount(server.connectString)).toBe(NODES)
    const order = ['snapshot', 'log', 'replay']
    const phases = seen.map(({ phase }) => order.indexOf(phase))
    expect(phases).toEqual([...phases].sort((a, b) => a - b))
    expect(seen.filter(({ phase }) => phase === 'snapshot').length).toBeGreaterThan(2)
    for (const { done, total } of seen) expect(done).toBeLessThanOrEqual(total ?? Infinity)
  })

  it('applies a long log in several turns, between which timers run', async () => {
    const dataDir = join(folder, 'data')
    await fill(dataDir, NEVER)
    const replays: number[] = []
    let turns = 0
    let counting = true
    const count = (): void => {
      turns++
      if (counting) setImmediate(count)
    }
    const turnsAtReplay: number[] = []
    count()
    await using server = await startServer(
      { dataDir },
      {
        onProgress({ phase, done }) {
          if (phase !== 'replay') return
          replays.push(done)
          turnsAtReplay.push(turns)
        },
      },
    )
    counting = false
    expect(replays.length).toBeGreaterThan(1)
    expect(replays).toEqual([...replays].sort((a, b) => a - b))
    expect(new Set(turnsAtReplay).size).toBe(turnsAtReplay.length)
    expect(await childCount(server.connectString)).toBe(NODES)
  })

  it.each([
    { phase: 'snapshot', snapshotEveryEntries: NODES / 2 },
    { phase: 'log', snapshotEveryEntries: NODES / 2 },
    { phase: 'replay', snapshotEveryEntries: NEVER },
  ] as const)('is given up at $phase; the next one finds everything', async ({ phase, snapshotEveryEntries }) => {
    const dataDir = join(folder, 'data')
    await fill(dataDir, snapshotEveryEntries)
    const abort = new AbortController()
    const reason = new Error('given up')
    const onProgress = (progress: StartProgress): void => {
      if (progress.phase === phase) abort.abort(reason)
    }
    await expect(startServer({ dataDir }, { signal: abort.signal, onProgress })).rejects.toBe(reason)
    await using server = await startServer({ dataDir })
    expect(await childCount(server.connectString)).toBe(NODES)
  })
})
