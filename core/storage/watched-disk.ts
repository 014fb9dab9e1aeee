// storage: a disk whose pending operations a StallMonitor sees. Adds no allocation to a write. PURE.

import type { Disk, DiskFile, DiskSpace, Done, Got, ListedFile } from './disk.ts'
import { ForwardingDisk } from './forwarding-disk.ts'
import type { PendingWork, StallMonitor } from './stall-monitor.ts'

/** One operation at a time, as the contract says: so one slot is enough. */
class WatchedFile implements DiskFile {
  readonly #file: DiskFile
  readonly #monitor: StallMonitor
  readonly #write: PendingWork
  readonly #sync: PendingWork
  #done: Done | null = null
  readonly #onWritten: Done
  readonly #onSynced: Done

  constructor(file: DiskFile, monitor: StallMonitor, path: string) {
    this.#file = file
    this.#monitor = monitor
    this.#write = { what: `write ${path}`, sinceMs: 0 }
    this.#sync = { what: `sync ${path}`, sinceMs: 0 }
    this.#onWritten = (error) => this.#end(this.#write, error)
    this.#onSynced = (error) => this.#end(this.#sync, error)
  }

  write(parts: readonly Buffer[], position: number, done: Done): void {
    this.#done = done
    this.#monitor.begin(this.#write)
    this.#file.write(parts, position, this.#onWritten)
  }

  sync(done: Done): void {
    this.#done = done
    this.#monitor.begin(this.#sync)
    this.#file.sync(this.#onSynced)
  }

  close(done: Done): void {
    this.#file.close(done)
  }

  #end(work: PendingWork, error: Error | null): void {
    this.#monitor.end(work)
    const done = this.#done
    this.#done = null
    done?.(error)
  }
}

export class WatchedDisk extends ForwardingDisk {
  readonly #monitor: StallMonitor

  constructor(disk: Disk, monitor: StallMonitor) {
    super(disk)
    this.#monitor = monitor
  }

  override makeFolder(path: string, done: Done): void {
    super.makeFolder(path, this.#watched(`make folder ${path}`, done))
  }

  override list(folder: string, done: Got<ListedFile[]>): void {
    super.list(folder, this.#watchedGot(`list ${folder}`, done))
  }

  override read(path: string, position: number, length: number, done: Got<Buffer>, into?: Buffer): void {
    super.read(path, position, length, this.#watchedGot(`read ${path}`, done), into)
  }

  override readUncached(path: string, position: number, length: number, done: Got<Buffer>): void {
    super.readUncached(path, position, length, this.#watchedGot(`read ${path}`, done))
  }

  override create(path: string, done: Got<DiskFile>): void {
    super.create(path, this.#opened(`create ${path}`, path, done))
  }

  override openDurable(path: string, done: Got<DiskFile>): void {
    super.openDurable(path, this.#opened(`open ${path}`, path, done))
  }

  override rename(from: string, to: string, done: Done): void {
    super.rename(from, to, this.#watched(`rename ${from}`, done))
  }

  override remove(path: string, done: Done): void {
    super.remove(path, this.#watched(`remove ${path}`, done))
  }

  override syncFolder(path: string, done: Done): void {
    super.syncFolder(path, this.#watched(`sync folder ${path}`, done))
  }

  override space(done: Got<DiskSpace>): void {
    super.space(this.#watchedGot('look for free space', done))
  }

  #opened(what: string, path: string, done: Got<DiskFile>): Got<DiskFile> {
    return this.#watchedGot(what, (error, file) => {
      if (file === undefined) done(error)
      else done(null, new WatchedFile(file, this.#monitor, path))
    })
  }

  #watched(what: string, done: Done): Done {
    const work: PendingWork = { what, sinceMs: 0 }
    this.#monitor.begin(work)
    return (error) => {
      this.#monitor.end(work)
      done(error)
    }
  }

  #watchedGot<T>(what: string, done: Got<T>): Got<T> {
    const work: PendingWork = { what, sinceMs: 0 }
    this.#monitor.begin(work)
    return (error, value) => {
      this.#monitor.end(work)
      done(error, value)
    }
  }
}
