// bench: how much of the disk a folder takes, and its largest size while something writes into it.

import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const BLOCK_BYTES = 512

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}

/** Bytes allocated for all files under `folder`; a file that goes away meanwhile counts as gone. */
export function allocatedBytes(folder: string): number {
  let bytes = 0
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) bytes += allocatedBytes(path)
      else bytes += allocatedOf(path)
    }
  } catch (error) {
    if (!isMissing(error)) throw error
  }
  return bytes
}

function allocatedOf(path: string): number {
  try {
    return lstatSync(path).blocks * BLOCK_BYTES
  } catch (error) {
    if (isMissing(error)) return 0
    throw error
  }
}

/** One look at a folder, `written` being what had been written to the server by then. */
export interface SizeSample {
  readonly written: number
  readonly bytes: number
}

/** The largest size while the first half was written, and while the second was: equal when the size is bounded. */
export function largestByHalf(samples: readonly SizeSample[]): { readonly first: number; readonly second: number } {
  const half = (samples.at(-1)?.written ?? 0) / 2
  let first = 0
  let second = 0
  for (const { written, bytes } of samples) {
    if (written <= half) first = Math.max(first, bytes)
    else second = Math.max(second, bytes)
  }
  return { first, second }
}
