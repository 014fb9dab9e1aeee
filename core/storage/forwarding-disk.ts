// storage: a disk that hands every operation on to another; the base of disks that watch or slow down some of them. PURE.

import type { Crc32, Disk, DiskFile, DiskSpace, Done, Got, ListedFile, Sha256 } from './disk.ts'

export class ForwardingDisk implements Disk {
  readonly root: string
  readonly crc32: Crc32
  readonly #disk: Disk

  constructor(disk: Disk) {
    this.root = disk.root
    this.crc32 = disk.crc32
    this.#disk = disk
  }

  sha256(): Sha256 {
    return this.#disk.sha256()
  }

  randomBytes(count: number): Buffer {
    return this.#disk.randomBytes(count)
  }

  lock(done: Done): void {
    this.#disk.lock(done)
  }

  unlock(done: Done): void {
    this.#disk.unlock(done)
  }

  makeFolder(path: string, done: Done): void {
    this.#disk.makeFolder(path, done)
  }

  list(folder: string, done: Got<ListedFile[]>): void {
    this.#disk.list(folder, done)
  }

  read(path: string, position: number, length: number, done: Got<Buffer>, into?: Buffer): void {
    this.#disk.read(path, position, length, done, into)
  }

  readUncached(path: string, position: number, length: number, done: Got<Buffer>): void {
    if (this.#disk.readUncached === undefined) this.#disk.read(path, position, length, done)
    else this.#disk.readUncached(path, position, length, done)
  }

  create(path: string, done: Got<DiskFile>): void {
    this.#disk.create(path, done)
  }

  openDurable(path: string, done: Got<DiskFile>): void {
    this.#disk.openDurable(path, done)
  }

  rename(from: string, to: string, done: Done): void {
    this.#disk.rename(from, to, done)
  }

  remove(path: string, done: Done): void {
    this.#disk.remove(path, done)
  }

  syncFolder(path: string, done: Done): void {
    this.#disk.syncFolder(path, done)
  }

  space(done: Got<DiskSpace>): void {
    this.#disk.space(done)
  }
}
