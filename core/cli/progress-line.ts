// cli: one line on a terminal that says how far long work is. Silent where nobody watches: pipes, files, dumb terminals.

const EVERY_MS = 100

export class ProgressLine {
  readonly #shown = isWatched(process.env)
  #nextMs = 0
  #used = false

  /** Shows `text` in place of what stood there; not more often than can be read. */
  show(text: () => string): void {
    const nowMs = performance.now()
    if (!this.#shown || nowMs < this.#nextMs) return
    this.#nextMs = nowMs + EVERY_MS
    this.#used = true
    process.stderr.write(`\r${text()}\x1b[K`)
  }

  /** Makes the line empty again. */
  clear(): void {
    if (this.#used) process.stderr.write('\r\x1b[K')
    this.#used = false
  }
}

function isWatched({ TERM }: NodeJS.ProcessEnv): boolean {
  return process.stderr.isTTY === true && TERM !== 'dumb'
}

/** `12.3 MB` */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
