// Compares two transcripts item by item. What may differ between any two servers is compared as far as it means something:
//
//   zxids     those of the sequence's own transactions must be in the same order on both sides, equal where equal; what a read's header
//             says of the whole server must lie where the other side has it among them
//   times     one transaction has one time, which is about now
//   sessions  by name; passwords by their length
//   lists     of names have no order
//
// Where ZooKeeper 3.8 differs on purpose or by a fault of its own: differs.ts.

import { asInThreeEight, Excuses } from './differs.ts'
import { type Observation, type Seen, Stamp, Zxid } from './observe.ts'
import type { Transcript } from './side.ts'

/** How far a node's time may be from this process's. */
const CLOCK_MS = 120_000

export interface Difference {
  /** In which connection's log, and at which item. */
  readonly connection: number
  readonly index: number
  readonly ours: Observation | null
  readonly theirs: Observation | null
  readonly why: string
}

interface ZxidPair {
  readonly ours: Zxid
  readonly theirs: Zxid
  readonly difference: Difference
}

export interface Verdict {
  readonly difference: Difference | null
  /** How often each documented difference was met. */
  readonly excused: ReadonlyMap<string, number>
}

export function compare(ours: Transcript, theirs: Transcript): Verdict {
  const comparison = new Comparison()
  return { difference: comparison.run(ours, theirs), excused: comparison.excused }
}

class Comparison {
  readonly excused = new Map<string, number>()
  readonly #zxids: ZxidPair[] = []
  readonly #ourTimes = new Map<bigint, number>()
  readonly #theirTimes = new Map<bigint, number>()

  run(ours: Transcript, theirs: Transcript): Difference | null {
    const count = Math.max(ours.connections.length, theirs.connections.length)
    let first: Difference | null = null
    for (let i = 0; i < count; i++) {
      const found = this.#connection(i, ours.connections[i] ?? [], theirs.connections[i] ?? [])
      if (found !== null && (first === null || stepOf(found) < stepOf(first))) first = found
    }
    return first ?? this.#orderOfZxids()
  }

  #connection(connection: number, ours: readonly Observation[], theirs: readonly Observation[]): Difference | null {
    const excuses = new Excuses()
    let i = 0
    let j = 0
    while (i < ours.length || j < theirs.length) {
      const a = ours[i] ?? null
      const b = theirs[j] ?? null
      const excused = excuses.next(a, b)
      if (excused !== null) {
        this.excused.set(excused.rule, (this.excused.get(excused.rule) ?? 0) + 1)
        i += excused.ours
        j += excused.theirs
        continue
      }
      const why = this.#items(a, b, { connection, index: i, ours: a, theirs: b, why: 'the order of zxids' })
      if (why !== null) return { connection, index: i, ours: a, theirs: b, why }
      i += 1
      j += 1
    }
    return null
  }

  #items(a: Observation | null, b: Observation | null, place: Difference): string | null {
    if (a === null || b === null) return a === null ? 'only ZooKeeper says this' : 'only we say this'
    if (a.kind !== b.kind) return `${a.kind} here, ${b.kind} there`
    return this.#seen(a.seen, b.seen, '', place)
  }

  #seen(a: Seen, b: Seen, at: string, place: Difference): string | null {
    if (a instanceof Zxid && b instanceof Zxid) {
      this.#zxids.push({ ours: a, theirs: b, difference: { ...place, why: `${at}: the order of zxids` } })
      return null
    }
    if (a instanceof Stamp && b instanceof Stamp) {
      return wrongTime(this.#ourTimes, a) ?? wrongTime(this.#theirTimes, b)
    }
    if (isRecord(a) && isRecord(b)) {
      for (const name of new Set([...Object.keys(a), ...Object.keys(b)])) {
        const why = this.#seen(a[name] ?? null, b[name] ?? null, at === '' ? name : `${at}.${name}`, place)
        if (why !== null) return why
      }
      return null
    }
    if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
      for (const [i, item] of a.entries()) {
        const why = this.#seen(asInThreeEight(item as Seen, b[i] as Seen), b[i] as Seen, `${at}[${i}]`, place)
        if (why !== null) return why
      }
      return null
    }
    return a === b ? null : at
  }

  // Sorted by our side's, own ones must rise on the other side exactly where they rise here. Those that other lanes move are placed among
  // the own ones only: not below what was already known, not above what came later.
  #orderOfZxids(): Difference | null {
    const own = this.#zxids.filter(({ ours }) => ours.own)
    own.sort((a, b) => order(a.ours.value, b.ours.value))
    for (let i = 1; i < own.length; i++) {
      const before = own[i - 1] as ZxidPair
      const after = own[i] as ZxidPair
      if (order(before.ours.value, after.ours.value) !== order(before.theirs.value, after.theirs.value)) return after.difference
    }
    const ourValues = own.map(({ ours }) => ours.value)
    const theirValues = own.map(({ theirs }) => theirs.value)
    for (const { ours, theirs, difference } of this.#zxids) {
      if (!ours.own && countUpTo(ourValues, ours.value) !== countUpTo(theirValues, theirs.value)) return difference
    }
    return null
  }
}

function wrongTime(times: Map<bigint, number>, { zxid, ms }: Stamp): string | null {
  const have = times.get(zxid)
  times.set(zxid, ms)
  if (have !== undefined && have !== ms) return `two times of zxid 0x${zxid.toString(16)}: ${have}, ${ms}`
  return Math.abs(ms - Date.now()) < CLOCK_MS ? null : `the time of zxid 0x${zxid.toString(16)}: ${ms}`
}

function countUpTo(sorted: readonly bigint[], value: bigint): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] as bigint) <= value) low = middle + 1
    else high = middle
  }
  return low
}

function order(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function stepOf({ ours, theirs }: Difference): number {
  return Math.min(ours?.step ?? Number.MAX_SAFE_INTEGER, theirs?.step ?? Number.MAX_SAFE_INTEGER)
}

function isRecord(seen: Seen): seen is { readonly [name: string]: Seen } {
  return typeof seen === 'object' && seen !== null && !Array.isArray(seen) && !(seen instanceof Zxid) && !(seen instanceof Stamp)
}
