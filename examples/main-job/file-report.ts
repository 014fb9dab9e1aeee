// examples: lines, bytes and SHA-256 of a file.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { FileReport } from './messages.ts'

const NEWLINE = 10

/** Reads a file and reports on it. A last line without a newline counts. */
export async function reportOn(path: string): Promise<FileReport> {
  const content = await readFile(path)
  let lines = 0
  for (const byte of content) if (byte === NEWLINE) lines += 1
  if (content.length > 0 && content[content.length - 1] !== NEWLINE) lines += 1
  return { lines, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }
}
