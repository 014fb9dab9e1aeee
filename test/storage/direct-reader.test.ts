// Reading around the system's cache gives the same bytes; where the system does not allow it, it says so.
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { DirectReader } from '../../core/storage/direct-reader.ts'
import { RealDisk } from '../../core/storage/real-disk.ts'

const folder = mkdtempSync(join(tmpdir(), 'zoarium-direct-'))
afterAll(() => rmSync(folder, { recursive: true }))

const BYTES = 1_000_123
const contents = Buffer.from(Array.from({ length: BYTES }, (_, i) => (i * 7 + (i >>> 8)) & 0xff))
const path = join(folder, 'file')
writeFileSync(path, contents)

/** Whether this file system opens files that way at all. */
function opensDirectly(): boolean {
  if (constants.O_DIRECT === undefined) return false
  try {
    closeSync(openSync(path, constants.O_RDONLY | constants.O_DIRECT))
    return true
  } catch {
    return false
  }
}

function read(reader: DirectReader, position: number, length: number): Promise<Buffer | null | Error> {
  return new Promise((resolve) =>
    reader.read(path, position, length, (error, bytes) => resolve(bytes === undefined ? (error ?? new Error('nothing')) : bytes)),
  )
}

const PLACES: [position: number, length: number][] = [
  [0, 12],
  [0, BYTES],
  [4096, 4096],
  [4095, 2],
  [131_072, 262_144],
  [BYTES - 1, 1],
  [BYTES - 16, 16],
  [777, 300_000],
]

describe('a direct reader', () => {
  it.skipIf(!opensDirectly())('gives the bytes at any place, aligned or not, in buffers of their own', async () => {
    const reader = new DirectReader()
    const results: Buffer[] = []
    for (const [position, length] of PLACES) {
      const bytes = await read(reader, position, length)
      expect(bytes).toBeInstanceOf(Buffer)
      results.push(bytes as Buffer)
    }
    expect(reader.refused).toBe(false)
    PLACES.forEach(([position, length], i) => {
      expect(results[i]?.equals(contents.subarray(position, position + length))).toBe(true)
    })
  })

  it.skipIf(!opensDirectly())('says how much is missing at the end of the file', async () => {
    expect(String(await read(new DirectReader(), BYTES - 10, 50))).toContain('the file ends 40 bytes early')
  })

  it('is replaced by a plain read where the system refuses, and reports a missing file', async () => {
    const disk = new RealDisk(folder)
    const got = (name: string, position: number, length: number): Promise<Buffer | Error> =>
      new Promise((resolve) => disk.readUncached(name, position, length, (error, bytes) => resolve(bytes ?? error ?? new Error('nothing'))))
    const refusing = new DirectReader()
    refusing.refused = true
    expect(await read(refusing, 0, 10)).toBeNull()
    for (const [position, length] of PLACES)
      expect(await got('file', position, length)).toEqual(contents.subarray(position, position + length))
    expect(await got('none', 0, 1)).toMatchObject({ code: 'ENOENT' })
  })
})
