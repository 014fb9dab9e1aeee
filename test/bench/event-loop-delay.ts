// bench: asks the probe inside a server of Node's (event-loop-probe.ts) how late its event loop was.

import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { RunningServer } from './running-server.ts'

/** What the probe saw. Delays are what a timer of 1 ms was late. */
export interface EventLoopReport {
  readonly firings: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly p999Ms: number
  readonly maxMs: number
  readonly longestGcMs: number
  readonly gcMs: number
}

// Compiled beside this file. As a URL it holds no blank, which would end the option.
const PROBE = new URL('./event-loop-probe.js', import.meta.url).href
const POLL_MS = 20
const LIMIT_MS = 10_000

function reportFile(folder: string): string {
  return join(folder, 'event-loop.json')
}

/** Environment that loads the probe into any program of Node's. */
export function probeEnvironment(folder: string): Record<string, string> {
  const { NODE_OPTIONS = '' } = process.env
  return { NODE_OPTIONS: `${NODE_OPTIONS} --import=${PROBE}`.trim(), BENCH_EVENT_LOOP_FILE: reportFile(folder) }
}

/** What the probe saw since it was last asked. */
export async function askEventLoop(server: RunningServer): Promise<EventLoopReport> {
  const file = reportFile(server.folder)
  rmSync(file, { force: true })
  server.signal('SIGUSR2')
  const deadlineMs = performance.now() + LIMIT_MS
  while (!existsSync(file)) {
    if (server.hasExited) throw new Error(`${server.peer.name} ended:\n${server.logTail()}`)
    if (performance.now() > deadlineMs) throw new Error(`${server.peer.name}: the event-loop probe gave no answer`)
    await delay(POLL_MS)
  }
  return JSON.parse(readFileSync(file, 'utf8')) as EventLoopReport
}
