// bench: what this run has started and made, so that nothing stays behind on any way out: normal end, error, signal, kill of the parent.

import { mkdtempSync, rmSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import type { Estate } from './job.ts'

/** Processes and folders of the run. Everything here is synchronous, since it also runs while the process exits. */
export class Belongings {
  readonly #pids = new Set<number>()
  readonly #folders = new Set<string>()
  #onChange: (estate: Estate) => void = () => {}

  /** Settles when the process ends, also by a signal or an error that nobody caught. */
  install(): void {
    process.on('exit', () => this.settle())
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => process.exit(128 + constants.signals[signal]))
    }
  }

  /** `listener` hears of every change and outlives this process: a load process, which settles the estate if we are killed. */
  onChange(listener: (estate: Estate) => void): void {
    this.#onChange = listener
    this.#changed()
  }

  makeFolder(parent: string, name: string): string {
    const folder = mkdtempSync(join(parent, `${name}-`))
    this.#folders.add(folder)
    this.#changed()
    return folder
  }

  removeFolder(folder: string): void {
    rmSync(folder, { recursive: true, force: true })
    this.#folders.delete(folder)
    this.#changed()
  }

  addProcess(pid: number): void {
    this.#pids.add(pid)
    this.#changed()
  }

  /** The process has ended. */
  dropProcess(pid: number): void {
    this.#pids.delete(pid)
    this.#changed()
  }

  settle(): void {
    this.#onChange = () => {}
    for (const pid of this.#pids) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended in this very moment: nothing is left to stop.
      }
    }
    this.#pids.clear()
    for (const folder of this.#folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    this.#folders.clear()
  }

  #changed(): void {
    this.#onChange({ pids: [...this.#pids], folders: [...this.#folders] })
  }
}
