// recipes: counting and tracing a wait for a turn, however it ends.

import type { Client } from '../../core/index.ts'
import { countersOf } from './counters.ts'
import type { WaitResult, WaitTrace } from './diagnostics.ts'
import { sessionHex, waitChannel } from './diagnostics.ts'

/** Settles like `wait`, which gives what was granted, or `null`. `path`: the folder of the contenders. */
export async function countWait<T extends WaitResult>(
  client: Client,
  recipe: string,
  path: string,
  wait: () => Promise<T | null>,
): Promise<T | null> {
  const counters = countersOf(client, recipe)
  const sinceMs = performance.now()
  let granted: T | null = null
  counters.waiting++
  try {
    granted = await traced(client, recipe, path, wait)
    return granted
  } finally {
    counters.waiting--
    if (granted === null) counters.notGranted++
    else {
      const waitedMs = performance.now() - sinceMs
      counters.requeued += granted.requeued
      counters.waitedMs += waitedMs
      counters.longestWaitMs = Math.max(counters.longestWaitMs, waitedMs)
    }
  }
}

function traced<T extends WaitResult>(client: Client, recipe: string, path: string, wait: () => Promise<T | null>): Promise<T | null> {
  if (!waitChannel.hasSubscribers) return wait()
  const trace: WaitTrace = { recipe, path, sessionId: sessionHex(client.session.id) }
  return waitChannel.tracePromise(wait, trace)
}
