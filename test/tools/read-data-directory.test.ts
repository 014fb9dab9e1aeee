import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connect } from 'zoarium'
import { startServer } from 'zoarium/server'
import { readDataDirectory } from '../../core/tools/read-data-directory.ts'
import { zxidOf } from '../../core/tools/snapshot-file.ts'

let folder = ''
let data = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoarium-read-'))
  data = join(folder, 'data')
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('readDataDirectory', () => {
  it.each([
    { what: 'the log alone', snapshotEveryEntries: 1_000_000, snapshots: 0 },
    { what: 'a snapshot and the log after it', snapshotEveryEntries: 30, snapshots: 2 },
  ])('comes to what the server had, from $what, over several terms', async ({ snapshotEveryEntries, snapshots }) => {
    let last = 0n
    let lastPath = ''
    for (let round = 0; round < 3; round++) {
      await using server = await startServer({ dataDir: data, snapshotEveryEntries })
      await using client = await connect(server.connectString)
      for (let i = 0; i < 25; i++) {
        lastPath = `/n-${round}-${i}`
        last = (await client.create(lastPath, `${i}`)).stat.czxid
      }
    }
    expect(readdirSync(join(data, 'snapshots')).length).toBe(snapshots)
    const { meta, tree, notes } = await readDataDirectory(data)
    expect(notes).toEqual([])
    expect(tree.nodeCount).toBe(4 + 75)
    expect(BigInt(tree.node(lastPath)?.czxid ?? 0)).toBe(last)
    // The client's close is the one entry after its last write.
    expect(BigInt(tree.lastZxid)).toBe(last + 1n)
    expect(zxidOf(meta)).toBe(tree.lastZxid)
    expect(meta.term).toBe(3)
    // Reading is no start: nothing was appended.
    expect((await readDataDirectory(data)).tree.digest()).toBe(tree.digest())
  })

  it('refuses a directory that a server holds', async () => {
    await using _server = await startServer({ dataDir: data })
    await expect(readDataDirectory(data)).rejects.toMatchObject({ code: 'ERR_STORAGE', message: expect.stringContaining('in use') })
  })

  it('refuses what is no data directory, and makes none', async () => {
    await expect(readDataDirectory(data)).rejects.toMatchObject({
      code: 'ERR_STORAGE',
      message: expect.stringContaining('not a data directory'),
    })
    mkdirSync(data)
    await expect(readDataDirectory(data)).rejects.toMatchObject({ code: 'ERR_STORAGE' })
    expect(readdirSync(data)).toEqual([])
  })
})
