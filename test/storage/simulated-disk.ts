// A disk in memory with the worst manners a real one may have: what was not synced may be lost, whole or in 512-byte sectors, and names
// come and go only with the sync of their folder. Operations that are under way run in an order drawn from the seed.
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { ZoariumError } from '../../core/errors.ts'
import type { Crc32, Disk, DiskFile, DiskSpace, Done, Got, ListedFile, Sha256 } from '../../core/storage/disk.ts'
import { SeededRandom } from '../../core/support/random.ts'

const SECTOR = 512

interface Write {
  readonly position: number
  readonly bytes: Buffer
}

/** One file: what is on the platter, and what only the system's memory holds. */
class Content {
  durable: Buffer = Buffer.alloc(0)
  pending: Write[] = []

  get seen(): Buffer {
    let bytes = this.durable
    for (const write of this.pending) bytes = patched(bytes, write)
    return bytes
  }
}

type NameChange =
  | { readonly type: 'link'; readonly name: string; readonly content: Content }
  | { readonly type: 'unlink'; readonly name: string }
  | { readonly type: 'rename'; readonly from: string; readonly to: string }

interface Folder {
  durable: Map<string, Content>
  seen: Map<string, Content>
  pending: NameChange[]
}

interface Operation {
  readonly what: string
  run(): void
  /** What the operation may already have done when the machine stops. */
  halfDone(random: SeededRandom): void
}

/** `bytes` with the write done to them: in place, unless the write reaches beyond their end. */
function overwritten(bytes: Buffer, write: Write): Buffer {
  if (write.position + write.bytes.length > bytes.length) return patched(bytes, write)
  write.bytes.copy(bytes, write.position)
  return bytes
}

function patched(bytes: Buffer, write: Write): Buffer {
  const out = Buffer.alloc(Math.max(bytes.length, write.position + write.bytes.length))
  bytes.copy(out)
  write.bytes.copy(out, write.position)
  return out
}

/** The sectors of a write, each of which reaches the platter or does not. */
function sectors(write: Write): Write[] {
  const pieces: Write[] = []
  let from = 0
  while (from < write.bytes.length) {
    const to = Math.min(write.bytes.length, from + SECTOR - ((write.position + from) % SECTOR))
    pieces.push({ position: write.position + from, bytes: write.bytes.subarray(from, to) })
    from = to
  }
  return pieces
}

function changed(names: Map<string, Content>, change: NameChange): void {
  if (change.type === 'link') names.set(change.name, change.content)
  else if (change.type === 'unlink') names.delete(change.name)
  else {
    const content = names.get(change.from)
    names.delete(change.from)
    if (content !== undefined) names.set(change.to, content)
  }
}

function split(path: string): [string, string] {
  const slash = path.lastIndexOf('/')
  return [path.slice(0, slash), path.slice(slash + 1)]
}

function missing(path: string): Error {
  return Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
}

export class SimulatedDisk implements Disk {
  readonly root = 'simulated'
  readonly crc32: Crc32 = crc32
  readonly #random: SeededRandom
  readonly #folders = new Map<string, Folder>()
  #queue: Operation[] = []
  #locked = false
  /** Operations completed so far. */
  steps = 0
  /** What was done, for messages and for looking at the order. */
  readonly trace: string[] = []
  /** Decides whether an operation fails instead of being done. */
  fault: (what: string) => Error | null = () => null

  constructor(seed: number) {
    this.#random = new SeededRandom(seed)
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
      if (!this.#folders.has(path)) this.#folders.set(path, { durable: new Map(), seen: new Map(), pending: [] })
    })
  }

  list(folder: string, done: Got<ListedFile[]>): void {
    this.#get(`list ${folder}`, done, () => {
      return [...this.#folder(folder).seen].map(([name, content]) => ({ name, bytes: content.seen.length }))
    })
  }

  read(path: string, position: number, length: number, done: Got<Buffer>): void {
    this.#get(`read ${path}`, done, () => {
      const bytes = this.#content(path).seen
      if (position + length > bytes.length) throw new Error(`the file ${path} ends early`)
      return Buffer.from(bytes.subarray(position, position + length))
    })
  }

  create(path: string, done: Got<DiskFile>): void {
    const [folder, name] = split(path)
    const link = (): Content => {
      const content = new Content()
      this.#change(folder, { type: 'link', name, content })
      return content
    }
    this.#get(`create ${path}`, done, () => this.#file(path, link(), false), link)
  }

  openDurable(path: string, done: Got<DiskFile>): void {
    this.#get(`open ${path}`, done, () => this.#file(path, this.#content(path), true))
  }

  rename(from: string, to: string, done: Done): void {
    const [folder, fromName] = split(from)
    const rename = (): void => {
      this.#content(from)
      this.#change(folder, { type: 'rename', from: fromName, to: split(to)[1] })
    }
    this.#do(`rename ${from} ${to}`, done, rename, rename)
  }

  remove(path: string, done: Done): void {
    const [folder, name] = split(path)
    const unlink = (): void => {
      this.#content(path)
      this.#change(folder, { type: 'unlink', name })
    }
    this.#do(`remove ${path}`, done, unlink, unlink)
  }

  syncFolder(path: string, done: Done): void {
    this.#do(`syncFolder ${path}`, done, () => {
      const folder = this.#folder(path)
      for (const change of folder.pending.splice(0)) changed(folder.durable, change)
    })
  }

  space(done: Got<DiskSpace>): void {
    this.#get('space', done, () => ({ freeBytes: 2 ** 40, totalBytes: 2 ** 41 }))
  }

  // For tests

  get idle(): boolean {
    return this.#queue.length === 0
  }

  /** Completes one operation that is under way. */
  step(): void {
    if (this.idle) throw new Error('nothing is under way')
    const [operation] = this.#queue.splice(this.#random.below(this.#queue.length), 1)
    this.steps += 1
    if (operation === undefined) return
    this.trace.push(operation.what)
    operation.run()
  }

  /** Completes operations until none is under way. */
  run(): void {
    while (!this.idle) this.step()
  }

  /** The power goes: what is left of the disk. */
  crash(seed: number): SimulatedDisk {
    const random = new SeededRandom(seed)
    for (const operation of this.#queue) if (random.below(4) > 0) operation.halfDone(random)
    const left = new SimulatedDisk(seed + 1)
    for (const [path, folder] of this.#folders) {
      for (const change of folder.pending.slice(0, random.below(folder.pending.length + 1))) changed(folder.durable, change)
      const names = new Map<string, Content>()
      for (const [name, content] of folder.durable) names.set(name, afterCrash(content, random))
      left.#folders.set(path, { durable: names, seen: new Map(names), pending: [] })
    }
    this.#queue = []
    return left
  }

  /** Only the process dies: the system's memory keeps what was not synced, and operations under way may or may not have happened. */
  kill(seed: number): SimulatedDisk {
    const random = new SeededRandom(seed)
    for (const operation of this.#queue) if (random.below(4) > 0) operation.halfDone(random)
    this.#queue = []
    const left = new SimulatedDisk(seed + 1)
    for (const [path, folder] of this.#folders) left.#folders.set(path, folder)
    return left
  }

  /** A copy of everything that can be seen, as if it were durable. */
  clone(seed: number): SimulatedDisk {
    const copy = new SimulatedDisk(seed)
    for (const [path, folder] of this.#folders) {
      const names = new Map<string, Content>()
      for (const [name, content] of folder.seen) {
        const same = new Content()
        same.durable = Buffer.from(content.seen)
        names.set(name, same)
      }
      copy.#folders.set(path, { durable: names, seen: new Map(names), pending: [] })
    }
    return copy
  }

  paths(): string[] {
    return [...this.#folders].flatMap(([path, folder]) => [...folder.seen.keys()].map((name) => `${path}/${name}`)).sort()
  }

  /** The bytes of a file; writing to them damages the file. */
  bytes(path: string): Buffer {
    return this.#content(path).durable
  }

  /** Makes a file out of nothing, as an operator's mistake would. */
  place(path: string, bytes: Buffer): void {
    const [folder, name] = split(path)
    const content = new Content()
    content.durable = bytes
    this.#folder(folder).durable.set(name, content)
    this.#folder(folder).seen.set(name, content)
  }

  drop(path: string): void {
    const [folder, name] = split(path)
    this.#folder(folder).durable.delete(name)
    this.#folder(folder).seen.delete(name)
  }

  /** Everything there is, to be compared. */
  image(): string {
    const hash = createHash('sha256')
    for (const path of this.paths()) hash.update(path).update(this.#content(path).seen)
    return hash.digest('hex')
  }

  // Inside

  #file(path: string, content: Content, durable: boolean): DiskFile {
    let open = true
    const must = (): void => {
      if (!open) throw new Error(`EBADF: ${path}`)
    }
    return {
      write: (parts, position, done) => {
        const write: Write = { position, bytes: Buffer.concat(parts) }
        this.#do(
          `write ${path} ${position}+${write.bytes.length}`,
          done,
          () => {
            must()
            if (durable) content.durable = overwritten(content.durable, write)
            else content.pending.push(write)
          },
          () => content.pending.push(write),
        )
      },
      sync: (done) => {
        this.#do(`sync ${path}`, done, () => {
          must()
          for (const write of content.pending.splice(0)) content.durable = overwritten(content.durable, write)
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

  #folder(path: string): Folder {
    const folder = this.#folders.get(path)
    if (folder === undefined) throw missing(path)
    return folder
  }

  #content(path: string): Content {
    const [folder, name] = split(path)
    const content = this.#folder(folder).seen.get(name)
    if (content === undefined) throw missing(path)
    return content
  }

  #change(folder: string, change: NameChange): void {
    changed(this.#folder(folder).seen, change)
    this.#folder(folder).pending.push(change)
  }

  #do(what: string, done: Done, effect: () => void, halfDone: (random: SeededRandom) => void = () => {}): void {
    this.#get(what, (error) => done(error), effect, halfDone)
  }

  #get<T>(what: string, done: Got<T>, effect: () => T, halfDone: (random: SeededRandom) => void = () => {}): void {
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
    this.#queue.push({ what, run, halfDone })
  }
}

/** What the platter holds of a file: each sector that was not synced has reached it or not. */
function afterCrash(content: Content, random: SeededRandom): Content {
  const left = new Content()
  left.durable = Buffer.from(content.durable)
  for (const write of content.pending) {
    const fate = random.below(4)
    for (const piece of sectors(write)) {
      if (fate === 0 || (fate > 1 && random.below(2) === 0)) left.durable = overwritten(left.durable, piece)
    }
  }
  return left
}
