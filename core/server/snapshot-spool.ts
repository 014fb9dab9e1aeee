// server: a snapshot on its way to a peer, kept aside so that it can be read at any offset while the tree goes on. On disk beside the data, without a
// name where the system allows it; in memory for a server without a data directory.

import { randomBytes } from 'node:crypto'
import { type FileHandle, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { SnapshotSource } from '../peer/snapshot-sender.ts'

const PREFIX = 'to-peer-'
const SUFFIX = '.tmp'

/** Removes what a server left that was killed while it sent a snapshot. */
export async function removeOldSpools(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (name.startsWith(PREFIX) && name.endsWith(SUFFIX)) await rm(join(dataDir, name), { force: true })
  }
}

export interface SnapshotSpool extends SnapshotSource {
  /** Lets go of it. Idempotent. */
  close(): Promise<void>
}

/** Writes the chunks aside, one a turn. They are always taken to their end or let go of. `dataDir` null: in memory. */
export async function spoolSnapshot(chunks: IterableIterator<Buffer>, dataDir: string | null): Promise<SnapshotSpool> {
  try {
    return dataDir === null ? await inMemory(chunks) : await onDisk(chunks, dataDir)
  } finally {
    chunks.return?.()
  }
}

async function inMemory(chunks: Iterable<Buffer>): Promise<SnapshotSpool> {
  const parts: Buffer[] = []
  for (const chunk of chunks) {
    parts.push(Buffer.from(chunk))
    await new Promise(setImmediate)
  }
  const all = Buffer.concat(parts)
  return {
    totalBytes: all.length,
    read: (offset, length, done) => done(null, all.subarray(offset, offset + length)),
    close: () => Promise.resolve(),
  }
}

async function onDisk(chunks: Iterable<Buffer>, dataDir: string): Promise<SnapshotSpool> {
  const path = join(dataDir, `${PREFIX}${randomBytes(4).toString('hex')}${SUFFIX}`)
  const handle = await open(path, 'wx+', 0o600)
  try {
    // A process that is killed leaves nothing. Where an open file cannot be removed, the next start does it.
    if (process.platform !== 'win32') await rm(path)
    let total = 0
    for (const chunk of chunks) total += await writeAll(handle, chunk, total)
    return new DiskSpool(handle, path, total)
  } catch (error) {
    await handle.close()
    await rm(path, { force: true })
    throw error
  }
}

async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<number> {
  for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at, bytes.length - at, position + at)).bytesWritten
  return bytes.length
}

class DiskSpool implements SnapshotSpool {
  readonly totalBytes: number
  readonly #handle: FileHandle
  readonly #path: string
  /** The read that is under way: closing waits for it. */
  #reading: Promise<void> = Promise.resolve()
  #closed: Promise<void> | null = null

  constructor(handle: FileHandle, path: string, totalBytes: number) {
    this.#handle = handle
    this.#path = path
    this.totalBytes = totalBytes
  }

  read(offset: number, length: number, done: (error: Error | null, bytes: Buffer) => void): void {
    const bytes = Buffer.allocUnsafe(length)
    this.#reading = readAll(this.#handle, bytes, offset).then(
      () => done(null, bytes),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), bytes),
    )
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    await this.#reading
    await this.#handle.close()
    await rm(this.#path, { force: true })
  }
}

async function readAll(handle: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, offset + at)
    if (bytesRead === 0) throw new Error(`the spooled snapshot ends at ${offset + at}`)
    at += bytesRead
  }
}
