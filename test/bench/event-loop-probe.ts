// bench: loaded into a server under test (node --import) to measure from within: how late its event loop is, and its longest collection of
// garbage. On SIGUSR2 it writes what it saw since the last one to the file BENCH_EVENT_LOOP_FILE and begins anew.

import { renameSync, writeFileSync } from 'node:fs'
import { monitorEventLoopDelay, PerformanceObserver } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'
import type { EventLoopReport } from './event-loop-delay.ts'

// The finest timer there is. It costs some 3 % of a core, in every run alike.
const RESOLUTION_MS = 1
const NS_PER_MS = 1e6

function probe(file: string): void {
  const intervals = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  let longestGcMs = 0
  let gcMs = 0
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) {
      longestGcMs = Math.max(longestGcMs, duration)
      gcMs += duration
    }
  }).observe({ entryTypes: ['gc'] })
  // The histogram holds whole intervals between two firings of a timer; what is above its period is delay.
  const delayMs = (ns: number): number => Math.max(0, ns / NS_PER_MS - RESOLUTION_MS)
  intervals.enable()
  process.on('SIGUSR2', () => {
    const report: EventLoopReport = {
      firings: intervals.count,
      p50Ms: delayMs(intervals.percentile(50)),
      p99Ms: delayMs(intervals.percentile(99)),
      p999Ms: delayMs(intervals.percentile(99.9)),
      maxMs: delayMs(intervals.max),
      longestGcMs,
      gcMs,
    }
    // Whoever waits for the file finds it whole.
    writeFileSync(`${file}.tmp`, JSON.stringify(report))
    renameSync(`${file}.tmp`, file)
    longestGcMs = 0
    gcMs = 0
    intervals.reset()
  })
}

const { BENCH_EVENT_LOOP_FILE } = process.env
if (isMainThread && BENCH_EVENT_LOOP_FILE !== undefined) probe(BENCH_EVENT_LOOP_FILE)
