// A disk in memory with the worst manners a real one may have. What was not synced may be lost, whole or in 512-byte sectors; names come and go
// only with the sync of their folder; operations fail, stall, run out of room; what lies there rots. Equal seeds give equal lives.
//
//   simulated-disk/cached-content.ts  the bytes of a file, in memory and on the platter
//   simulated-disk/folder-names.ts    the names in a folder, seen and durable
//   simulated-disk/disk-faults.ts     which operations fail
//   simulated-disk/virtual-clock.ts   the time that operations take
//
// The fault model as a table: docs/internals/storage-faults.md.
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { ZoariumError } from '../../core/errors.ts'
import type { Crc32, Disk, DiskFile, DiskSpace, Done, Got, ListedFile, Sha256 } from '../../core/storage/disk.ts'
import { SeededRandom } from '../../core/support/random.ts'
import { type Aftermath, CachedContent, SECTOR_BYTES } from './simulated-disk/cached-content.ts'
import { type FaultSource, ioError, missing, noSpace } from './simulated-disk/disk-faults.ts'
import { FolderNames, type NameChange } from './simulated-disk/folder-names.ts'
import { VirtualClock } from './simulated-disk/virtual-clock.ts'

export interface SimulatedDiskOptions {
  /** Default: a clock of its own, which `step` moves. */
  readonly clock?: VirtualClock
  /** Default: none. */
  readonly faults?: FaultSource
  /** What a failed sync leaves in memory. Default: kept. */
  readonly aftermath?: Aftermath
  /** Room for the bytes of all files. Default: no limit. */
  readonly capacityBytes?: number
}

/** What an operation changes, for when the end comes while it is under way. */
type Effect =
  | { readonly type: 'write'; readonly content: CachedContent; readonly parts: readonly Buffer[]; readonly position: number }
  | { readonly type: 'names'; readonly folder: string; readonly change: NameChange }

interface Operation {
  readonly what: string
  readonly dueUs: number
  readonly run: () => void
  readonly effect: Effect | null
}

/** A process that is killed during a write may have given the system only the first pages of it. */
const PAGE_BYTES = 4096
const UNLIMITED_BYTES = 2 ** 41

function split(path: string): [string, string] {
  const slash = path.lastIndexOf('/')
  return [path.slice(0, slash), path.slice(slash + 1)]
}

/** How much of a write of `length` bytes arrived when it broke off: it ends where a sector or page ends, or may be whole. */
function firstPart(position: number, length: number, unit: number, random: { below(bound: number): number }, whole = true): number {
  const first = Math.floor(position / unit)
  const ends = Math.ceil((position + length) / unit) - first
  const end = (first + random.below(whole ? ends + 1 : ends)) * unit
  return Math.min(length, Math.max(0, end - position))
}

export class SimulatedDisk implements Disk {
  readonly root = 'simulated'
  readonly crc32: Crc32 = crc32
  readonly clock: VirtualClock
  readonly faults: FaultSource | null
  readonly aftermath: Aftermath
  capacityBytes: number
  readonly #latency: SeededRandom
  readonly #random: SeededRandom
  #folders = new Map<string, FolderNames>()
  #queue: Operation[] = []
  #locked = false
  /** Operations completed so far. */
  steps = 0
  /** What was done, for messages and for looking at the order. */
  readonly trace: string[] = []
  /** What a process must never do, and did: a sync after one that failed. */
  readonly misdeeds: string[] = []
  /** Decides whether an operation fails instead of being done; beside `faults`, for tests of single cases. */
  fault: (what: string) => Error | null = () => null
  /** Hears of each durable write that has succeeded, before its callback. */
  onDurableWrite: (path: string, position: number, bytes: Buffer) => void = () => {}

  constructor(seed: number, options: SimulatedDiskOptions = {}) {
    this.#latency = new SeededRandom(seed)
    this.#random = new SeededRandom(seed + 2 ** 33)
    this.clock = options.clock ?? new VirtualClock()
    this.faults = options.faults ?? null
    this.aftermath = options.aftermath ?? 'kept in memory'
    this.capacityBytes = options.capacityBytes ?? UNLIMITED_BYTES
  }

  sha256(): Sha256 {
    return createHash('sha256')
  }

  randomBytes(count: number): Buffer {
    const bytes = Buffer.alloc(count)
    for (let i = 0; i < count; i++) bytes[i] = this.#random.below(256)
    return bytes
  }

  lock(done: Done): void {
    this.#do('lock', done, () => {
      if (this.#locked) throw new ZoariumError('ERR_STORAGE', 'data directory simulated is in use')
      this.#locked = true
    })
  }

  unlock(done: Done): void {
    this.#do('unlock', done, () => {
      this.#locked = false
    })
  }

  makeFolder(path: string, done: Done): void {
    this.#do(`makeFolder ${path}`, done, () => {
      this.#mayFail(`makeFolder ${path}`)
      if (!this.#folders.has(path)) this.#folders.set(path, new FolderNames())
    })
  }

  list(folder: string, done: Got<ListedFile[]>): void {
    const what = `list ${folder}`
    this.#get(what, done, () => {
      this.#mayFail(what)
      return [...this.#folder(folder).seen].map(([name, content]) => ({ name, bytes: content.seen.length }))
    })
  }

  read(path: string, position: number, length: number, done: Got<Buffer>): void {
    const what = `read ${path}`
    this.#get(what, done, () => {
      this.#mayFail(what)
      const content = this.#content(path)
      if (position + length > content.seen.length) throw new Error(`the file ${path} ends early`)
      if (!content.canRead(position, length)) throw ioError(what)
      return Buffer.from(content.seen.subarray(position, position + length))
    })
  }

  /** From the platter: what a read around the system's cache gets. */
  readUncached(path: string, position: number, length: number, done: Got<Buffer>): void {
    const what = `read ${path}`
    this.#get(what, done, () => {
      this.#mayFail(what)
      const content = this.#content(path)
      if (position + length > content.platter.length) throw new Error(`the file ${path} ends early`)
      if (!content.canRead(position, length)) throw ioError(what)
      return Buffer.from(content.platter.subarray(position, position + length))
    })
  }

  create(path: string, done: Got<DiskFile>): void {
    const [folder, name] = split(path)
    const what = `create ${path}`
    const content = new CachedContent()
    const change: NameChange = { type: 'link', name, content }
    const link = (): DiskFile => {
      this.#mayFail(what)
      this.#folder(folder).change(change)
      return this.#file(path, content, false)
    }
    this.#get(what, done, link, { type: 'names', folder, change })
  }

  openDurable(path: string, done: Got<DiskFile>): void {
    const what = `open ${path}`
    this.#get(what, done, () => {
      this.#mayFail(what)
      return this.#file(path, this.#content(path), true)
    })
  }

  rename(from: string, to: string, done: Done): void {
    this.#changeName(`rename ${from} ${to}`, from, { type: 'rename', from: split(from)[1], to: split(to)[1] }, done)
  }

  remove(path: string, done: Done): void {
    this.#changeName(`remove ${path}`, path, { type: 'unlink', name: split(path)[1] }, done)
  }

  syncFolder(path: string, done: Done): void {
    const what = `syncFolder ${path}`
    this.#do(what, done, () => {
      this.#mayFail(what)
      this.#folder(path).sync()
    })
  }

  space(done: Got<DiskSpace>): void {
    this.#get('space', done, () => {
      this.#mayFail('space')
      return { freeBytes: Math.max(0, this.capacityBytes - this.usedBytes), totalBytes: this.capacityBytes }
    })
  }

  // Time

  get idle(): boolean {
    return this.#queue.length === 0
  }

  /** When the next operation is due, `null` when none is under way. */
  get nextUs(): number | null {
    const next = this.#next()
    return next === null ? null : next.dueUs
  }

  /** Completes the operation that is due next; the clock moves to its time. */
  step(): void {
    const next = this.#next()
    if (next === null) throw new Error('nothing is under way')
    this.#queue.splice(this.#queue.indexOf(next), 1)
    this.clock.advanceTo(next.dueUs)
    this.steps += 1
    this.trace.push(next.what)
    next.run()
  }

  /** Completes operations until none is under way. */
  run(): void {
    while (!this.idle) this.step()
  }

  // Ends. The disk itself goes on as if nothing had happened; what is left is another one.

  /** The power goes: what is left of the disk. */
  crash(seed: number): SimulatedDisk {
    const left = this.kill(seed)
    const random = new SeededRandom(seed + 2 ** 34)
    for (const folder of left.#folders.values()) folder.crash(random)
    return left
  }

  /** Only the process dies: the system's memory keeps what was not synced, and operations under way may or may not have happened. */
  kill(seed: number): SimulatedDisk {
    const random = new SeededRandom(seed)
    const { clock, faults, aftermath, capacityBytes } = this
    const left = new SimulatedDisk(seed + 1, { clock, aftermath, capacityBytes, ...(faults === null ? {} : { faults }) })
    const copies = new Map<CachedContent, CachedContent>()
    const copy = (content: CachedContent): CachedContent => {
      let own = copies.get(content)
      if (own === undefined) copies.set(content, (own = content.copy()))
      return own
    }
    for (const [path, folder] of this.#folders) left.#folders.set(path, folder.copy(copy))
    for (const { effect } of this.#queue) if (effect !== null && random.below(4) > 0) left.#halfDone(effect, copy, random)
    return left
  }

  /** A copy of everything that can be seen, as if it were durable. */
  clone(seed: number): SimulatedDisk {
    const copy = new SimulatedDisk(seed)
    for (const [path, folder] of this.#folders) {
      const names = new FolderNames()
      for (const [name, content] of folder.seen) names.place(name, new CachedContent(Buffer.from(content.seen)))
      copy.#folders.set(path, names)
    }
    return copy
  }

  // What a test sees and does

  get usedBytes(): number {
    let bytes = 0
    for (const folder of this.#folders.values()) for (const content of folder.seen.values()) bytes += content.seen.length
    return bytes
  }

  paths(): string[] {
    return [...this.#folders].flatMap(([path, folder]) => [...folder.seen.keys()].map((name) => `${path}/${name}`)).sort()
  }

  /** The bytes of a file on the platter; writing to them damages the file. */
  bytes(path: string): Buffer {
    return this.#content(path).platter
  }

  content(path: string): CachedContent {
    return this.#content(path)
  }

  /** Makes a file out of nothing, as an operator's mistake would. */
  place(path: string, bytes: Buffer): void {
    const [folder, name] = split(path)
    this.#folder(folder).place(name, new CachedContent(bytes))
  }

  drop(path: string): void {
    const [folder, name] = split(path)
    this.#folder(folder).drop(name)
  }

  /** Whether memory shows something that no sync will ever bring to the platter. */
  get hasStale(): boolean {
    return this.paths().some((path) => this.#content(path).isStale)
  }

  /** The system forgets what it holds in memory and takes for written. */
  evict(): void {
    for (const path of this.paths()) this.#content(path).evict()
  }

  /** Everything there is, to be compared. */
  image(): string {
    const hash = createHash('sha256')
    for (const path of this.paths()) hash.update(path).update(this.#content(path).seen)
    return hash.digest('hex')
  }

  // Inside

  #next(): Operation | null {
    let next: Operation | null = null
    for (const operation of this.#queue) if (next === null || operation.dueUs < next.dueUs) next = operation
    return next
  }

  #folder(path: string): FolderNames {
    const folder = this.#folders.get(path)
    if (folder === undefined) throw missing(path)
    return folder
  }

  #content(path: string): CachedContent {
    const [folder, name] = split(path)
    const content = this.#folder(folder).seen.get(name)
    if (content === undefined) throw missing(path)
    return content
  }

  #changeName(what: string, path: string, change: NameChange, done: Done): void {
    const [folder] = split(path)
    const effect = (): void => {
      this.#mayFail(what)
      this.#content(path)
      this.#folder(folder).change(change)
    }
    this.#do(what, done, effect, { type: 'names', folder, change })
  }

  #mayFail(what: string): void {
    if (this.faults?.hits('failing', what) === true) throw ioError(what)
  }

  #file(path: string, content: CachedContent, durable: boolean): DiskFile {
    let open = true
    const must = (): void => {
      if (!open) throw new Error(`EBADF: ${path}`)
    }
    return {
      write: (parts, position, done) => {
        let length = 0
        for (const part of parts) length += part.length
        const what = `write ${path} ${position}+${length}`
        const write = (): void => {
          must()
          this.#write(what, path, content, durable, position, parts)
        }
        this.#do(what, done, write, { type: 'write', content, parts, position })
      },
      sync: (done) => {
        const what = `sync ${path}`
        this.#do(what, done, () => {
          must()
          this.#mayMisbehave(what, content)
          if (this.faults?.hits('fsync', what) === true) {
            content.failSync(this.aftermath, this.#random)
            throw ioError(what)
          }
          content.sync()
        })
      },
      close: (done) => {
        this.#do(`close ${path}`, done, () => {
          must()
          open = false
        })
      },
    }
  }

  #write(what: string, path: string, content: CachedContent, durable: boolean, position: number, parts: readonly Buffer[]): void {
    const bytes = Buffer.concat(parts)
    const { faults } = this
    const arrive = (part: Buffer): void => {
      if (durable) content.writeThrough(position, part)
      else content.write(position, part, this.#random)
    }
    if (durable) this.#mayMisbehave(what, content)
    const growth = position + bytes.length - content.seen.length
    const room = this.capacityBytes - this.usedBytes
    if (growth > 0 && growth > room) {
      const fits = Math.max(0, bytes.length - growth + Math.max(0, room))
      arrive(bytes.subarray(0, Math.max(0, fits - ((position + fits) % SECTOR_BYTES))))
      throw noSpace(what)
    }
    if (faults?.hits('write', what) === true) {
      arrive(bytes.subarray(0, firstPart(position, bytes.length, SECTOR_BYTES, faults)))
      if (durable) content.syncFailed = true
      throw ioError(what)
    }
    if (faults?.hits('short', what) === true) {
      const written = firstPart(position, bytes.length, SECTOR_BYTES, faults, false)
      arrive(bytes.subarray(0, written))
      if (durable) content.syncFailed = true
      throw new Error(`short write to ${path}: ${written} of ${bytes.length} bytes`)
    }
    if (durable && faults?.hits('fsync', what) === true) {
      content.write(position, bytes, this.#random)
      content.failSync(this.aftermath, this.#random)
      throw ioError(what)
    }
    arrive(bytes)
    if (durable) this.onDurableWrite(path, position, bytes)
  }

  #mayMisbehave(what: string, content: CachedContent): void {
    if (content.syncFailed) this.misdeeds.push(`${what}, after a write or sync of that file had failed`)
  }

  /** What an operation has done already when the end comes. */
  #halfDone(effect: Effect, copy: (content: CachedContent) => CachedContent, random: SeededRandom): void {
    if (effect.type === 'write') {
      const bytes = Buffer.concat(effect.parts)
      const arrived = random.below(4) === 0 ? firstPart(effect.position, bytes.length, PAGE_BYTES, random) : bytes.length
      copy(effect.content).write(effect.position, bytes.subarray(0, arrived), random)
      return
    }
    const { change } = effect
    const folder = this.#folders.get(effect.folder)
    if (folder === undefined || (change.type === 'rename' && !folder.seen.has(change.from))) return
    folder.change(change.type === 'link' ? { ...change, content: copy(change.content) } : change)
  }

  #do(what: string, done: Done, effect: () => void, halfDone: Effect | null = null): void {
    this.#get(what, (error) => done(error), effect, halfDone)
  }

  #get<T>(what: string, done: Got<T>, effect: () => T, halfDone: Effect | null = null): void {
    const run = (): void => {
      let value: T
      try {
        const fault = this.fault(what)
        if (fault !== null) throw fault
        value = effect()
      } catch (error) {
        done(error as Error)
        return
      }
      done(null, value)
    }
    this.#queue.push({ what, dueUs: this.clock.nowUs + this.#latencyUs(what), run, effect: halfDone })
  }

  /** Mostly some hundred microseconds; now and then milliseconds; a stall as the faults say. */
  #latencyUs(what: string): number {
    const random = this.#latency
    const usual = 20 + random.below(400)
    const slow = random.below(8) === 0 ? 20 : 1
    const stall = this.faults?.hits('stall', what) === true ? (1 + this.faults.below(60)) * 1_000_000 : 0
    return usual * slow + stall
  }
}
