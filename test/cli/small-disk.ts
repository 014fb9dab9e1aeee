// A server on a file system of its own, a few megabytes large, that can be filled and emptied from outside.
//
// The file system is a tmpfs in a mount namespace of the server's own: where user namespaces are allowed this takes no rights. It is reached from
// outside through /proc/<pid>/root.

import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { CommandProcess } from './command-process.ts'

const UNSHARE = ['unshare', '--user', '--map-root-user', '--mount'] as const

/** Whether this machine lets us have a file system of our own. */
export function smallDisksArePossible(folder: string): boolean {
  if (process.platform !== 'linux') return false
  mkdirSync(folder, { recursive: true })
  const [command, ...args] = UNSHARE
  return spawnSync(command, [...args, 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status === 0
}

export class SmallDisk {
  readonly server: CommandProcess
  readonly #outside: string
  #fillers = 0

  private constructor(server: CommandProcess, outside: string) {
    this.server = server
    this.#outside = outside
  }

  /** Starts a server with its data below `folder`, on a disk of `mebibytes`. */
  static async start(folder: string, mebibytes: number, args: readonly string[]): Promise<SmallDisk> {
    mkdirSync(folder, { recursive: true })
    const mount = `mount -t tmpfs -o size=${mebibytes}m,mode=700 tmpfs '${folder}' && exec "$0" "$@"`
    const server = await CommandProcess.start(['server', '--port', '0', '--json', '--data-dir', join(folder, 'data'), ...args], {
      wrapper: [...UNSHARE, '/bin/sh', '-c', mount],
    })
    return new SmallDisk(server, join(`/proc/${server.pid}/root`, folder))
  }

  get freeBytes(): number {
    const { bsize, bavail } = statfsSync(this.#outside)
    return bsize * bavail
  }

  /** Writes until nothing more fits, or only `left` bytes are free. */
  fill(left = 0): void {
    this.#fillers += 1
    const file = openSync(join(this.#outside, `filler-${this.#fillers}`), 'w')
    try {
      const block = Buffer.alloc(65_536, 1)
      while (this.freeBytes > left) writeSync(file, block, 0, Math.min(block.length, this.freeBytes - left))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    } finally {
      closeSync(file)
    }
  }

  /** Removes what `fill` wrote. */
  empty(): void {
    for (const name of readdirSync(this.#outside)) if (name.startsWith('filler-')) rmSync(join(this.#outside, name))
  }

  logFiles(): string[] {
    return readdirSync(join(this.#outside, 'data/log')).sort()
  }
}
