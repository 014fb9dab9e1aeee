// The bytes of one simulated file: what is on the platter, and what the system's memory shows instead.
//
// Each 512-byte sector is in one of three states:
//
//   clean   memory and platter agree
//   dirty   only memory has it: a sync, or the system on its own, writes it out
//   stale   only memory has it, and the system takes it for written: a sync failed here. It is shown until it is evicted, and no later
//           sync writes it; a write into the sector makes it dirty again, and then all of it goes out
//
//   clean --write--> dirty --sync--> clean
//                    dirty --failed sync--> stale (ext4, XFS) or clean with the old bytes (Btrfs); some sectors may have gone out
//                    stale --evicted--> clean with the old bytes
//
// While all is clean, both are one buffer; that is nearly always so, and makes a durable write one copy.
import type { Random } from '../../../core/support/random.ts'

export const SECTOR_BYTES = 512

/** What a file system does with sectors that it could not write out. */
export type Aftermath = 'kept in memory' | 'reverted'

/** What became of a write of sectors: those that `arrives` says go to the platter. */
type Arrival = (sector: number) => boolean

const CLEAN = 0
const DIRTY = 1
const STALE = 2

function grown(bytes: Buffer, length: number): Buffer {
  if (bytes.length >= length) return bytes
  const out = Buffer.alloc(length)
  bytes.copy(out)
  return out
}

export class CachedContent {
  #platter: Buffer
  #seen: Buffer
  /** The state of each sector, `null` while all are clean: then `#seen` is `#platter`. */
  #states: Uint8Array | null = null
  #unreadable: Set<number> | null = null
  /** Whether a sync or a durable write failed since the process that opened the file began. */
  syncFailed = false

  constructor(bytes: Buffer = Buffer.alloc(0)) {
    this.#platter = bytes
    this.#seen = bytes
  }

  /** What a reader gets. */
  get seen(): Buffer {
    return this.#seen
  }

  /** What is safe from a crash. Writing to it damages the file, at once where the sector is clean. */
  get platter(): Buffer {
    return this.#platter
  }

  /** Whether `seen` holds something that the platter does not and no sync will ever bring there. */
  get isStale(): boolean {
    return this.#states?.includes(STALE) === true
  }

  /** Puts bytes into memory. What is dirty there may go out first, so that a version in between can be what a crash leaves. */
  write(position: number, bytes: Buffer, random: Random): void {
    if (bytes.length === 0) return
    const states = this.#cache(position + bytes.length)
    const [first, last] = sectorsOf(position, bytes.length)
    if (random.below(2) === 0) this.#writeOut((sector) => sector >= first && sector <= last)
    bytes.copy(this.#seen, position)
    states.fill(DIRTY, first, last + 1)
    for (let sector = first; sector <= last; sector++) this.#unreadable?.delete(sector)
  }

  /** A write on a file that was opened for durable writes. */
  writeThrough(position: number, bytes: Buffer): void {
    if (bytes.length === 0) return
    const end = position + bytes.length
    const [first, last] = sectorsOf(position, bytes.length)
    if (this.#states === null) {
      this.#platter = grown(this.#platter, end)
      this.#seen = this.#platter
      bytes.copy(this.#platter, position)
    } else {
      const states = this.#cache(end)
      bytes.copy(this.#seen, position)
      states.fill(DIRTY, first, last + 1)
      this.#writeOut((sector) => sector >= first && sector <= last)
      this.#settle()
    }
    if (this.#unreadable !== null) for (let sector = first; sector <= last; sector++) this.#unreadable.delete(sector)
  }

  sync(): void {
    if (this.#states === null) return
    this.#writeOut(() => true)
    this.#settle()
  }

  /** A sync that fails: of what is dirty, some sectors reach the platter and the others share the file system's fate. */
  failSync(aftermath: Aftermath, random: Random): void {
    this.syncFailed = true
    const states = this.#states
    if (states === null) return
    this.#writeOut(partly(states, random))
    this.#platter = grown(this.#platter, this.#seen.length)
    for (let sector = 0; sector < states.length; sector++) {
      if (states[sector] !== DIRTY) continue
      if (aftermath === 'reverted') this.#restore(sector)
      else states[sector] = STALE
    }
    this.#settle()
  }

  /** The system needs its memory for something else: what is taken for written is forgotten. */
  evict(): void {
    const states = this.#states
    if (states === null) return
    for (let sector = 0; sector < states.length; sector++) if (states[sector] === STALE) this.#restore(sector)
    this.#settle()
  }

  /** The machine stops: each sector that was dirty has gone out or not, and memory is empty. */
  crash(random: Random): void {
    const states = this.#states
    if (states === null) return
    this.#writeOut(partly(states, random))
    this.#states = null
    this.#seen = this.#platter
  }

  /** As another process finds it. */
  copy(): CachedContent {
    const left = new CachedContent(Buffer.from(this.#platter))
    if (this.#states !== null) {
      left.#seen = Buffer.from(this.#seen)
      left.#states = Uint8Array.from(this.#states)
    }
    if (this.#unreadable !== null && this.#unreadable.size > 0) left.#unreadable = new Set(this.#unreadable)
    return left
  }

  // Damage

  /** Changes the bytes of one sector on the platter; a sector that is clean shows it at once. */
  damage(sector: number, change: (bytes: Buffer) => void): void {
    const from = sector * SECTOR_BYTES
    const to = Math.min(from + SECTOR_BYTES, this.#platter.length)
    if (from >= to) return
    const bytes = this.#platter.subarray(from, to)
    change(bytes)
    if (this.#states?.[sector] === CLEAN) bytes.copy(this.#seen, from)
  }

  makeUnreadable(sector: number): void {
    this.#unreadable ??= new Set()
    this.#unreadable.add(sector)
  }

  makeReadable(): void {
    this.#unreadable = null
  }

  get hasUnreadable(): boolean {
    return this.#unreadable !== null && this.#unreadable.size > 0
  }

  canRead(position: number, length: number): boolean {
    if (this.#unreadable === null || length === 0) return true
    const [first, last] = sectorsOf(position, length)
    for (const sector of this.#unreadable) if (sector >= first && sector <= last) return false
    return true
  }

  // Inside

  /** Has memory and platter apart, memory with room for `length` bytes. */
  #cache(length: number): Uint8Array {
    const sectors = Math.ceil(Math.max(length, this.#seen.length) / SECTOR_BYTES)
    if (this.#states === null) {
      const seen = Buffer.alloc(Math.max(length, this.#platter.length))
      this.#platter.copy(seen)
      this.#seen = seen
      this.#states = new Uint8Array(sectors)
    } else if (this.#states.length < sectors || this.#seen.length < length) {
      this.#seen = grown(this.#seen, length)
      const states = new Uint8Array(sectors)
      states.set(this.#states)
      this.#states = states
    }
    return this.#states
  }

  #writeOut(arrives: Arrival): void {
    const states = this.#states
    if (states === null) return
    for (let sector = 0; sector < states.length; sector++) {
      if (states[sector] !== DIRTY || !arrives(sector)) continue
      const from = sector * SECTOR_BYTES
      const to = Math.min(from + SECTOR_BYTES, this.#seen.length)
      this.#platter = grown(this.#platter, to)
      this.#seen.copy(this.#platter, from, from, to)
      states[sector] = CLEAN
    }
  }

  /** Shows the platter's bytes of a sector again. */
  #restore(sector: number): void {
    const from = sector * SECTOR_BYTES
    const to = Math.min(from + SECTOR_BYTES, this.#seen.length)
    this.#seen.fill(0, from, to)
    this.#platter.copy(this.#seen, from, from, to)
    if (this.#states !== null) this.#states[sector] = CLEAN
  }

  /** Makes memory and platter one again if they agree. */
  #settle(): void {
    const states = this.#states
    if (states === null || states.includes(DIRTY) || states.includes(STALE)) return
    this.#platter = grown(this.#platter, this.#seen.length)
    this.#seen = this.#platter
    this.#states = null
  }
}

function sectorsOf(position: number, length: number): [number, number] {
  return [Math.floor(position / SECTOR_BYTES), Math.floor((position + length - 1) / SECTOR_BYTES)]
}

/** Which dirty sectors go out: of a run of them all, none, or each one by chance. */
function partly(states: Uint8Array, random: Random): Arrival {
  const arrives = new Uint8Array(states.length)
  let fate = 0
  for (let sector = 0; sector < states.length; sector++) {
    if (states[sector] !== DIRTY) continue
    if (sector === 0 || states[sector - 1] !== DIRTY) fate = random.below(4)
    if (fate === 0 || (fate > 1 && random.below(2) === 0)) arrives[sector] = 1
  }
  return (sector) => arrives[sector] === 1
}
