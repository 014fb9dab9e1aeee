// bench: a folder's size is what its files take on the disk, at every depth, and growth shows as a larger second half.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { allocatedBytes, largestByHalf } from './directory-size.ts'

const folders: string[] = []

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'zoarium-size-'))
  folders.push(made)
  return made
}

afterEach(() => {
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true })
})

describe('allocatedBytes', () => {
  it('counts files in folders below', () => {
    const root = folder()
    mkdirSync(join(root, 'a', 'b'), { recursive: true })
    writeFileSync(join(root, 'one'), Buffer.alloc(1 << 16, 1))
    writeFileSync(join(root, 'a', 'b', 'two'), Buffer.alloc(1 << 17, 1))
    const bytes = allocatedBytes(root)
    expect(bytes).toBeGreaterThanOrEqual(3 << 16)
    expect(bytes).toBeLessThan(4 << 16)
  })

  it('is 0 for a folder that is not there', () => {
    expect(allocatedBytes(join(folder(), 'missing'))).toBe(0)
  })
})

describe('largestByHalf', () => {
  it('parts at half of what was written, not of the samples', () => {
    const samples = [
      { written: 0, bytes: 5 },
      { written: 10, bytes: 30 },
      { written: 20, bytes: 20 },
      { written: 60, bytes: 31 },
      { written: 100, bytes: 10 },
    ]
    expect(largestByHalf(samples)).toEqual({ first: 30, second: 31 })
  })

  it('shows growth', () => {
    const samples = Array.from({ length: 101 }, (_, i) => ({ written: i, bytes: 1000 + 10 * i }))
    const { first, second } = largestByHalf(samples)
    expect(second / first).toBeGreaterThan(1.3)
  })
})
