import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connect } from 'zoarium'
import { startServer } from 'zoarium/server'
import { readDataDirectory } from '../../core/tools/read-data-directory.ts'
import { restoreSnapshot } from '../../core/tools/restore-snapshot.ts'
import { fileBytes, metaOf, sampleState, writeSnapshot } from './sample-state.ts'

let folder = ''
let data = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoarium-restore-'))
  data = join(folder, 'data')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** The term of the first zxid that a server on the directory gives. */
async function nextTerm(): Promise<bigint> {
  await using server = await startServer({ dataDir: data })
  await using client = await connect(server.connectString)
  return (await client.create('/new')).stat.czxid >> 32n
}

describe('restoreSnapshot', () => {
  it('makes a directory with the same state but no cluster id, and leaves the file alone', async () => {
    const { tree } = sampleState()
    const file = writeSnapshot(join(folder, 'a.snap'), tree)
    const restored = await restoreSnapshot(file, data)
    expect(restored).toEqual({
      dataDir: data,
      index: metaOf(tree).index,
      lastZxid: tree.lastZxid,
      nextTerm: 1002,
      nodes: tree.nodeCount,
      sessions: 2,
      droppedSessions: 0,
      droppedNodes: 0,
    })
    const read = await readDataDirectory(data)
    expect(tree.clusterId).not.toBe('')
    expect(read.tree.clusterId).toBe('')
    tree.forgetClusterId()
    expect(read.tree.digest()).toBe(tree.digest())
    expect(readFileSync(file).equals(fileBytes(sampleState().tree))).toBe(true)
    expect(readdirSync(folder).sort()).toEqual(['a.snap', 'data'])
  })

  it('gives the ensemble that starts on it a cluster id of its own', async () => {
    const { tree } = sampleState()
    const file = writeSnapshot(join(folder, 'a.snap'), tree)
    const ids = new Set([tree.clusterId])
    for (const name of ['one', 'two']) {
      data = join(folder, name)
      await restoreSnapshot(file, data)
      await nextTerm()
      ids.add((await readDataDirectory(data)).tree.clusterId)
    }
    expect(ids.size).toBe(3)
  })

  it.each([
    { what: 'by default: 1,000 terms more', afterZxid: null, term: 1002n },
    { what: 'with a zxid of a later term: the one after', afterZxid: 0x7_0000_0005n, term: 8n },
    { what: 'with a zxid of an earlier term: the one after its own', afterZxid: 3n, term: 2n },
    { what: 'with the last zxid that leaves a term', afterZxid: (2n ** 21n - 2n) << 32n, term: 2n ** 21n - 1n },
  ])('takes a term above every one in use $what', async ({ afterZxid, term }) => {
    const file = writeSnapshot(join(folder, 'a.snap'), sampleState().tree)
    const restored = await restoreSnapshot(file, data, { afterZxid })
    expect(BigInt(restored.nextTerm)).toBe(term)
    expect(await nextTerm()).toBe(term)
  })

  it.each([-1n, (2n ** 21n - 1n) << 32n, 2n ** 63n])('refuses %s, which no zxid can follow', async (afterZxid) => {
    const file = writeSnapshot(join(folder, 'a.snap'), sampleState().tree)
    await expect(restoreSnapshot(file, data, { afterZxid })).rejects.toMatchObject({
      code: 'ERR_CONFIG',
      message: expect.stringContaining('after-zxid'),
    })
    expect(existsSync(data)).toBe(false)
  })

  it('ends sessions with their ephemeral nodes, and nothing else', async () => {
    const { tree } = sampleState()
    const file = writeSnapshot(join(folder, 'a.snap'), tree)
    const restored = await restoreSnapshot(file, data, { dropSessions: true })
    // Two entries of a term of their own: one expiry for each session.
    expect(restored).toMatchObject({
      index: metaOf(tree).index + 2,
      nodes: tree.nodeCount - 2,
      sessions: 0,
      droppedSessions: 2,
      droppedNodes: 2,
    })
    expect(restored.nextTerm).toBe(1003)
    expect(restored.lastZxid).toBe(1002 * 2 ** 32 + 1)
    const after = (await readDataDirectory(data)).tree
    expect(after.sessions.size).toBe(0)
    expect([...(after.node('/app')?.children ?? [])].sort()).toEqual(['empty', 'none'])
    expect(after.node('/box')).toBeDefined()
    // The parent's children changed, as they do at any expiry.
    expect(after.node('/app')?.pzxid).toBe(1002 * 2 ** 32)
    expect(await nextTerm()).toBe(1003n)
  })

  it('drops nothing where there is no session', async () => {
    const driver = sampleState()
    for (const { hi, lo, generation } of driver.tree.sessions.values()) driver.expire({ hi, lo, generation, ids: [] })
    const file = writeSnapshot(join(folder, 'a.snap'), driver.tree)
    const restored = await restoreSnapshot(file, data, { dropSessions: true })
    expect(restored).toMatchObject({ index: metaOf(driver.tree).index, droppedSessions: 0, nextTerm: 1002 })
  })

  it('refuses a damaged file and a folder that is not empty, and changes nothing', async () => {
    const bytes = fileBytes(sampleState().tree)
    const file = join(folder, 'a.snap')
    writeFileSync(file, bytes.subarray(0, -1))
    await expect(restoreSnapshot(file, data)).rejects.toMatchObject({ code: 'ERR_STORAGE', message: expect.stringContaining(file) })
    expect(readdirSync(folder)).toEqual(['a.snap'])
    writeFileSync(file, bytes)
    await expect(restoreSnapshot(file, folder)).rejects.toMatchObject({
      code: 'ERR_STORAGE',
      message: expect.stringContaining('not empty'),
    })
    expect(readdirSync(folder)).toEqual(['a.snap'])
  })
})
