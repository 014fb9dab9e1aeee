// recipes: what a master removes because nobody came for it: old results, and dead letters beyond the limit. Pure.

/** Results by the time at which they were seen to change, oldest first. */
export class ResultRetention {
  readonly #retentionMs: number
  readonly #seen: Map<string, number> = new Map()

  constructor(retentionMs: number) {
    this.#retentionMs = retentionMs
  }

  get size(): number {
    return this.#seen.size
  }

  /** A result exists, or got its outcome, now. A map keeps the order of insertion, and time only grows. */
  seen(path: string, nowMs: number): void {
    this.#seen.delete(path)
    this.#seen.set(path, nowMs)
  }

  gone(path: string): void {
    this.#seen.delete(path)
  }

  /** When the oldest is due, `null`: there is none. */
  nextDueMs(): number | null {
    for (const atMs of this.#seen.values()) return atMs + this.#retentionMs
    return null
  }

  /** Up to `limit` results that are due; they are forgotten unless they are seen again. */
  takeDue(nowMs: number, limit: number): string[] {
    const due: string[] = []
    for (const [path, atMs] of this.#seen) {
      if (due.length === limit || atMs + this.#retentionMs > nowMs) break
      due.push(path)
      this.#seen.delete(path)
    }
    return due
  }
}

/** Names of dead letters, oldest first; those beyond a limit are surplus. */
export class DeadLetters {
  readonly #limit: number
  #names: Set<string> = new Set()

  constructor(limit: number) {
    this.#limit = limit
  }

  get size(): number {
    return this.#names.size
  }

  added(name: string): void {
    this.#names.add(name)
  }

  removed(name: string): void {
    this.#names.delete(name)
  }

  /** Puts in what a listing found, in the order of the attempts. */
  load(names: readonly string[]): void {
    this.#names = new Set([...names].sort(compareAttempts))
  }

  /** Up to `count` of the oldest beyond the limit. */
  surplus(count: number): string[] {
    const names: string[] = []
    const wanted = Math.min(count, this.#names.size - this.#limit)
    for (const name of this.#names) {
      if (names.length >= wanted) break
      names.push(name)
    }
    return names
  }
}

// <task>~<term>-<number>: both in base 36 without leading zeros, so a longer one is larger.

function compareAttempts(a: string, b: string): number {
  const [termA = '', numberA = ''] = a.slice(a.indexOf('~') + 1).split('-')
  const [termB = '', numberB = ''] = b.slice(b.indexOf('~') + 1).split('-')
  return compareDigits(termA, termB) || compareDigits(numberA, numberB)
}

function compareDigits(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length
  return a < b ? -1 : Number(a > b)
}
