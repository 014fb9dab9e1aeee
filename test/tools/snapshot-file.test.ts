import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ZoariumError } from '../../core/errors.ts'
import { snapshotFile } from '../../core/storage/snapshot-encoder.ts'
import { checkSnapshotFile, loadSnapshotFile } from '../../core/tools/snapshot-file.ts'
import { verifySnapshotFile } from '../../core/tools/verify-snapshots.ts'
import { fileBytes, metaOf, sampleState, writeSnapshot } from './sample-state.ts'

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoarium-file-'))
  path = join(folder, 'a.snap')
})
afterEach(() => rmSync(folder, { recursive: true }))

/** The positions at which `change` makes a file that is taken for whole, though its bytes differ. */
async function unnoticed(bytes: Buffer, count: number, change: (at: number) => Buffer): Promise<number[]> {
  const found: number[] = []
  for (let at = 0; at < count; at++) {
    const changed = change(at)
    if (changed.equals(bytes)) continue
    writeFileSync(path, changed)
    try {
      await checkSnapshotFile(path)
      found.push(at)
    } catch (error) {
      if (!ZoariumError.is(error, 'ERR_STORAGE')) throw error
    }
  }
  return found
}

describe('a snapshot file', () => {
  it('gives the state back, and what its metadata says of it', async () => {
    const { tree } = sampleState()
    const loaded = await loadSnapshotFile(writeSnapshot(path, tree))
    expect(loaded.tree.digest()).toBe(tree.digest())
    expect(loaded.metadata.meta).toEqual(metaOf(tree))
  })

  it('is refused when any single byte of it is another', async () => {
    // Small chunks, so that there are several frames.
    const bytes = fileBytes(sampleState().tree, undefined, 256)
    const changed = (at: number): Buffer => {
      const copy = Buffer.from(bytes)
      copy.writeUInt8(copy.readUInt8(at) ^ 0x10, at)
      return copy
    }
    expect(await unnoticed(bytes, bytes.length, changed)).toEqual([])
  })

  it('is refused when it was cut anywhere, and when something follows', async () => {
    const bytes = fileBytes(sampleState().tree, undefined, 256)
    expect(await unnoticed(bytes, bytes.length, (at) => bytes.subarray(0, at))).toEqual([])
    expect(await unnoticed(bytes, 20, (more) => Buffer.concat([bytes, Buffer.alloc(more)]))).toEqual([])
  })

  it('is refused when its state is not what its metadata stands for, though every checksum is right', async () => {
    const { tree } = sampleState()
    writeSnapshot(path, tree, { ...metaOf(tree), index: metaOf(tree).index + 1 })
    await expect(checkSnapshotFile(path)).resolves.toBeDefined()
    await expect(loadSnapshotFile(path)).rejects.toMatchObject({ code: 'ERR_STORAGE', message: expect.stringContaining('last zxid') })
  })

  it('is refused when its records are not a state, though every checksum is right', async () => {
    const chunks = [Buffer.from('this is no record at all')]
    const parts = snapshotFile({ index: 1, term: 1, termStart: 1 }, chunks, { crc32, sha256: () => createHash('sha256') })
    writeFileSync(path, Buffer.concat([...parts]))
    const verdict = await verifySnapshotFile(path)
    expect(verdict).toMatchObject({ file: path, whole: false, problem: expect.stringContaining('the state in it cannot be read') })
  })

  it('that is not there, a folder, or something else is refused by name', async () => {
    for (const other of [join(folder, 'none'), folder]) {
      await expect(loadSnapshotFile(other)).rejects.toMatchObject({ code: 'ERR_STORAGE', message: expect.stringContaining(other) })
    }
    writeFileSync(path, 'x'.repeat(5000))
    await expect(loadSnapshotFile(path)).rejects.toMatchObject({ code: 'ERR_STORAGE', message: expect.stringContaining(path) })
  })
})
