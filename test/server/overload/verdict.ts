// overload: when a server has stood the flood: nothing failed, memory stayed within what its limits add up to, and who asks for one thing at a time was
// served. How long that may take depends on how many share the server: each of them may have a few requests in work before everybody's turn is over.

import type { Histogram } from '../../bench/histogram.ts'

const MIB = 1 << 20
/** Ninety-nine of a hundred requests, and connects, for each connection of the flood. */
const P99_MS_PER_CONNECTION = 1
const LONGEST_MS_PER_CONNECTION = 5
/** Code, heap, the young garbage of a busy server, and what the allocator keeps. */
const PROCESS_MIB = 400
/** One chunk that is being looked at, and one that Node has read ahead. */
const INPUT_MIB_PER_CONNECTION = 2 * (64 / 1024)
/** `maxUnreadBytes`, in slabs that double as they grow. */
const UNREAD_MIB = 2 * 256
/** `maxOutstandingBytes`. */
const IN_WORK_MIB = 64

export interface Bounds {
  readonly p99Ms: number
  readonly longestMs: number
  readonly rssBytes: number
}

export function boundsFor(connections: number): Bounds {
  return {
    p99Ms: connections * P99_MS_PER_CONNECTION,
    longestMs: connections * LONGEST_MS_PER_CONNECTION,
    rssBytes: Math.ceil(PROCESS_MIB + connections * INPUT_MIB_PER_CONNECTION + UNREAD_MIB + IN_WORK_MIB) * MIB,
  }
}

/** What was not as it should be; empty when all was. */
export function shortcomings(
  bounds: Bounds,
  waits: ReadonlyMap<string, Histogram>,
  failures: ReadonlyMap<string, number>,
  peakRssBytes: number,
): string[] {
  const found: string[] = []
  for (const [name, histogram] of waits) {
    const [p99Ms, longestMs] = [histogram.percentile(99) / 1000, histogram.maxUs / 1000]
    if (histogram.count === 0) found.push(`${name}: none`)
    if (p99Ms > bounds.p99Ms) found.push(`${name}: p99 ${p99Ms.toFixed(0)} ms, allowed ${bounds.p99Ms}`)
    if (longestMs > bounds.longestMs) found.push(`${name}: longest ${longestMs.toFixed(0)} ms, allowed ${bounds.longestMs}`)
  }
  for (const [text, count] of failures) found.push(`${count} times: ${text}`)
  if (peakRssBytes > bounds.rssBytes) found.push(`memory: ${Math.round(peakRssBytes / MIB)} MiB, allowed ${bounds.rssBytes / MIB}`)
  return found
}
