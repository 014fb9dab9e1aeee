// tools: files outside a data directory that appear whole or not at all, and names that survive a power cut (host side: node:fs).

import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** Makes the names in a folder durable. Windows has no such call and needs none. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** A file being written beside its final place, readable by its owner alone. */
export class DraftFile {
  readonly path: string
  readonly #target: string
  readonly #handle: FileHandle
  #open = true

  private constructor(target: string, path: string, handle: FileHandle) {
    this.#target = target
    this.path = path
    this.#handle = handle
  }

  /** `<target>.<random>.tmp`: two writers of one target do not meet. */
  static async create(target: string): Promise<DraftFile> {
    const path = `${resolve(target)}.${randomBytes(4).toString('hex')}.tmp`
    return new DraftFile(resolve(target), path, await open(path, 'wx', 0o600))
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) at += (await this.#handle.write(bytes, at)).bytesWritten
  }

  /** What was written is durable, under the draft's name. */
  async finish(): Promise<void> {
    await this.#handle.sync()
    await this.#close()
  }

  /** Gives it its name, in place of what bears it now; durable when this resolves. */
  async publish(): Promise<void> {
    await rename(this.path, this.#target)
    await syncFolder(dirname(this.#target))
  }

  /** Removes the draft. */
  async discard(): Promise<void> {
    await this.#close()
    await rm(this.path, { force: true })
  }

  async #close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    await this.#handle.close()
  }
}
