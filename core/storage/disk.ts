// storage: the small contract between the log and a disk. The real one is real-disk.ts; tests and the simulator bring their own. PURE.
//
// Paths are relative to the data directory and use `/`. Every operation calls back exactly once and never before it has returned, so that
// loops over operations do not nest. What makes what durable:
//
//   contents   a write to a file opened with `openDurable`, when its callback comes; a write to a created file, when `sync` calls back
//   names      create, rename and remove become durable only with `syncFolder` of the folder they happened in

/** CRC-32 (IEEE) of `bytes`, continuing from `seed`. */
export type Crc32 = (bytes: Buffer, seed?: number) => number

/** The end of an operation that yields nothing. */
export type Done = (error: Error | null) => void

/** The end of an operation that yields a value; without an error the value is there. */
export type Got<T> = (error: Error | null, value?: T) => void

/** A file as `list` shows it. */
export interface ListedFile {
  readonly name: string
  readonly bytes: number
}

/** Room on the file system of the data directory. */
export interface DiskSpace {
  /** What this process may still use. */
  readonly freeBytes: number
  readonly totalBytes: number
}

/** A file open for writing. One operation at a time. */
export interface DiskFile {
  /** Writes the parts back to back from `position`. A short write is an error. */
  write(parts: readonly Buffer[], position: number, done: Done): void
  /** Makes everything written so far durable. */
  sync(done: Done): void
  close(done: Done): void
}

/** A SHA-256 in progress. */
export interface Sha256 {
  update(bytes: Buffer): void
  digest(): Buffer
}

export interface Disk {
  /** What messages call the data directory. */
  readonly root: string
  readonly crc32: Crc32
  sha256(): Sha256
  /** Unpredictable bytes. */
  randomBytes(count: number): Buffer

  /** Makes the data directory if missing and takes it for this process; `ERR_STORAGE` when another live process holds it. */
  lock(done: Done): void
  unlock(done: Done): void

  /** Makes a folder (mode 0700) unless it is there; its name is durable at the callback. */
  makeFolder(path: string, done: Done): void
  /** The files of a folder, in no order. */
  list(folder: string, done: Got<ListedFile[]>): void
  /** Exactly `length` bytes from `position`, in a buffer of their own; less is an error. */
  read(path: string, position: number, length: number, done: Got<Buffer>): void
  /** Like `read`, but from the disk itself and not from the system's memory, where the system lets a process do that. One at a time. */
  readUncached?(path: string, position: number, length: number, done: Got<Buffer>): void
  /** A new empty file (mode 0600); an old one of that name is emptied. */
  create(path: string, done: Got<DiskFile>): void
  /** An existing file for durable writes in place. */
  openDurable(path: string, done: Got<DiskFile>): void
  rename(from: string, to: string, done: Done): void
  remove(path: string, done: Done): void
  syncFolder(path: string, done: Done): void
  space(done: Got<DiskSpace>): void
}
