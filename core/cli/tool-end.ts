// cli: how a tool that is not a server ends: its output, its errors, its exit code.

import { once } from 'node:events'
import { ZoariumError } from '../errors.ts'
import { exitCodeOf } from './exit-codes.ts'

/** Runs a tool; what it refuses is one line on stderr, a bug is a stack. */
export async function toolEnd(run: () => Promise<number>): Promise<number> {
  try {
    return await run()
  } catch (error) {
    const known = ZoariumError.is(error)
    process.stderr.write(`error: ${known ? error.message : error instanceof Error ? error.stack : String(error)}\n`)
    return exitCodeOf(error)
  }
}

/** Prints lines as fast as they are read; stops when the reader has gone. */
export async function printLines(lines: Iterable<string>): Promise<void> {
  for (const line of lines) {
    if (!process.stdout.writable) return
    if (!process.stdout.write(`${line}\n`)) await Promise.race([once(process.stdout, 'drain'), once(process.stdout, 'close')])
  }
}

/** Facts as aligned lines. */
export function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`)
}
