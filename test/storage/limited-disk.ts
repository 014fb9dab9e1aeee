// A simulated disk with little room: what does not fit fails with ENOSPC, and `space` tells what is left. Others may take room too.
import type { DiskSpace, Got } from '../../core/storage/disk.ts'
import { SimulatedDisk } from './simulated-disk.ts'

export function noRoom(what: string): Error {
  return Object.assign(new Error(`ENOSPC: no space left on device, ${what}`), { code: 'ENOSPC' })
}

export class LimitedDisk extends SimulatedDisk {
  limitBytes: number
  /** Bytes that somebody else has written to the same disk. */
  othersBytes = 0
  /** Fails operations beside the lack of room. */
  further: (what: string) => Error | null = () => null
  readonly #sizes = new Map<string, number>()

  constructor(seed: number, limitBytes: number) {
    super(seed)
    this.limitBytes = limitBytes
    this.fault = (what) => this.further(what) ?? this.#account(what)
  }

  get takenBytes(): number {
    let used = this.othersBytes
    for (const bytes of this.#sizes.values()) used += bytes
    return used
  }

  get freeBytes(): number {
    return Math.max(0, this.limitBytes - this.takenBytes)
  }

  override space(done: Got<DiskSpace>): void {
    super.space((error) => {
      if (error !== null) done(error)
      else done(null, { freeBytes: this.freeBytes, totalBytes: this.limitBytes })
    })
  }

  #account(what: string): Error | null {
    const [operation, path = '', third = ''] = what.split(' ')
    if (operation === 'create') this.#sizes.set(path, 0)
    else if (operation === 'remove') this.#sizes.delete(path)
    else if (operation === 'rename') {
      this.#sizes.set(third, this.#sizes.get(path) ?? 0)
      this.#sizes.delete(path)
    } else if (operation === 'write') {
      const [position = 0, length = 0] = third.split('+').map(Number)
      const before = this.#sizes.get(path) ?? 0
      const after = Math.max(before, position + length)
      if (after - before > this.freeBytes) return noRoom(what)
      this.#sizes.set(path, after)
    }
    return null
  }
}
