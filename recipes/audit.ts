// recipes: what a client has in the tree and at its server, to be looked at by people and by tests.

import type { CallOptions, Client, WatchCounts } from '../core/index.ts'
import { sleep } from './support/abort.ts'
import { Attempt } from './support/attempt.ts'
import { withinTime } from './support/call-bounds.ts'
import { pendingCleanUps } from './support/clean-up.ts'
import { heldThrough } from './support/contest.ts'
import { requireTimeout } from './support/options.ts'

/** What the last look at the servers may take. */
const LONGEST_LOOK_MS = 1_000
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** What a client has. */
export interface ClientAudit {
  /** Ephemeral znodes of its session, sorted. */
  readonly ephemerals: readonly string[]
  /** Those of them that stand for grants of its recipes, sorted. */
  readonly held: readonly string[]
  readonly watches: WatchCounts
  /** Pieces of clean-up of its recipes that go on in the background. */
  readonly pendingCleanUps: number
}

/**
 * Tells what `client` has in the tree and at its server: to see whether something was forgotten. Rejects with `UNIMPLEMENTED` by Apache
 * ZooKeeper before 3.6.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { audit } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * const { ephemerals, watches } = await audit(client)
 * console.log(`${ephemerals.length} ephemeral znodes, ${watches.oneShotServerWatches} watches`)
 * ```
 */
export function audit(client: Client, options: CallOptions = {}): Promise<ClientAudit> {
  return withinTime(
    options,
    () => 'audit of the client',
    (call) => look(client, call),
  )
}

async function look(client: Client, options: CallOptions): Promise<ClientAudit> {
  const ephemerals = (await client.getEphemerals('/', options)).sort()
  const { watches } = client.stats()
  return { ephemerals, held: [...heldThrough(client)].sort(), watches, pendingCleanUps: pendingCleanUps(client) }
}

/** Options of {@link expectClean}. */
export interface ExpectCleanOptions extends CallOptions {
  /** How long clean-up in the background may still take, in milliseconds. 0 to 2^31 - 1, default 5,000. */
  readonly timeoutMs?: number
}

/**
 * For tests: resolves when `client` has nothing left: no ephemeral znode, no watch, no grant, no clean-up. Rejects with an error that lists
 * what is left when that does not come true in time, with `ERR_TIMEOUT` when the servers do not answer.
 *
 * @example
 * ```ts
 * import { connect } from 'zoarium'
 * import { expectClean, Mutex } from 'zoarium/recipes'
 *
 * await using client = await connect('127.0.0.1:2181')
 * const mutex = new Mutex(client, '/locks/report')
 * await mutex.run(() => console.log('working'))
 * await expectClean(client)
 * ```
 */
export async function expectClean(client: Client, options: ExpectCleanOptions = {}): Promise<void> {
  const { timeoutMs = 5_000 } = options
  requireTimeout(timeoutMs)
  const deadlineMs = performance.now() + timeoutMs
  // Without a connection a look would not end.
  const attempt = new Attempt(
    { signal: options.signal, timeoutMs: Math.min(timeoutMs + LONGEST_LOOK_MS, LONGEST_TIMER_MS) },
    () => 'whether the client is clean',
  )
  const { signal } = attempt
  try {
    for (let pauseMs = 1; ; pauseMs = Math.min(100, pauseMs * 2)) {
      const left = leftovers(await look(client, { signal, timeoutMs: 0 }))
      if (left.length === 0) return
      if (performance.now() >= deadlineMs) throw new Error(`the client is not clean: ${left.join('; ')}`)
      await sleep(pauseMs, signal)
    }
  } finally {
    attempt.end()
  }
}

function leftovers({ ephemerals, held, watches, pendingCleanUps: pending }: ClientAudit): string[] {
  const left: string[] = []
  if (ephemerals.length > 0) left.push(`ephemeral znodes ${ephemerals.join(', ')}`)
  if (held.length > 0) left.push(`grants ${held.join(', ')}`)
  if (pending > 0) left.push(`${pending} pieces of clean-up`)
  for (const [kind, count] of Object.entries(watches)) if (count > 0) left.push(`${count} ${kind}`)
  return left
}
