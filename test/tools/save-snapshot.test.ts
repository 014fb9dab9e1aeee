import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { saveSnapshotFile } from '../../core/tools/save-snapshot.ts'
import { fileBytes, metaOf, sampleState } from './sample-state.ts'

let folder = ''
let path = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoarium-save-'))
  path = join(folder, 'a.snap')
})
afterEach(() => rmSync(folder, { recursive: true }))

async function* slowly(bytes: Buffer, error: Error | null = null): AsyncGenerator<Buffer, void, void> {
  for (let at = 0; at < bytes.length; at += 100) yield await Promise.resolve(bytes.subarray(at, at + 100))
  if (error !== null) throw error
}

describe('saveSnapshotFile', () => {
  it('writes what came, for the owner alone, and says what it is', async () => {
    const { tree } = sampleState()
    const bytes = fileBytes(tree)
    const heard: number[] = []
    const saved = await saveSnapshotFile(path, slowly(bytes), { onProgress: (count) => heard.push(count) })
    expect(readFileSync(path).equals(bytes)).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(saved).toEqual({ path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), meta: metaOf(tree) })
    expect(heard.at(-1)).toBe(bytes.length)
    expect(readdirSync(folder)).toEqual(['a.snap'])
  })

  it('replaces a file only when it is told to', async () => {
    const bytes = fileBytes(sampleState().tree)
    writeFileSync(path, 'old')
    await expect(saveSnapshotFile(path, slowly(bytes))).rejects.toMatchObject({
      code: 'ERR_CONFIG',
      message: expect.stringContaining('--force'),
    })
    expect(readFileSync(path, 'utf8')).toBe('old')
    await saveSnapshotFile(path, slowly(bytes), { force: true })
    expect(readFileSync(path).equals(bytes)).toBe(true)
  })

  it.each([
    { what: 'ends early', source: (bytes: Buffer) => slowly(bytes.subarray(0, bytes.length - 1)) },
    { what: 'fails', source: (bytes: Buffer) => slowly(bytes, new Error('no more')) },
    { what: 'is something else', source: () => slowly(Buffer.from('<html>'.repeat(100))) },
    { what: 'is empty', source: () => slowly(Buffer.alloc(0)) },
  ])('leaves all as it was when the source $what', async ({ source }) => {
    const bytes = fileBytes(sampleState().tree)
    writeFileSync(path, 'old')
    await expect(saveSnapshotFile(path, source(bytes), { force: true })).rejects.toMatchObject({ code: 'ERR_STORAGE' })
    expect(readdirSync(folder)).toEqual(['a.snap'])
    expect(readFileSync(path, 'utf8')).toBe('old')
  })

  it('gives up when it is told to, and leaves nothing', async () => {
    const stop = new AbortController()
    const bytes = fileBytes(sampleState().tree)
    const saving = saveSnapshotFile(path, slowly(bytes), { signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) })
    await expect(saving).rejects.toThrow('enough')
    expect(readdirSync(folder)).toEqual([])
  })

  it('says which folder is missing', async () => {
    const where = join(folder, 'none', 'a.snap')
    await expect(saveSnapshotFile(where, [])).rejects.toMatchObject({ code: 'ERR_STORAGE', message: expect.stringContaining(where) })
  })
})
