// server: builds the tree from a snapshot in slices, so that signals and timers are served meanwhile, and lets go of what was read.

import { setImmediate } from 'node:timers/promises'
import { StateMachine } from '../tree/state-machine.ts'
import type { OnStartProgress } from './start-progress.ts'

const SLICE_MS = 20
const NOTHING: Buffer = Buffer.alloc(0)

/** Hands the chunks out one by one and keeps none: a large snapshot would lie in memory twice. */
function* lettingGo(chunks: Buffer[]): Generator<Buffer, void, void> {
  for (const [i, chunk] of chunks.entries()) {
    chunks[i] = NOTHING
    yield chunk
  }
}

/**
 * The state that the chunks of a snapshot describe. Rejects with SnapshotFormatError if they do not, with the signal's reason when aborted.
 * An array of chunks is emptied on the way.
 */
export async function restoreTree(
  chunks: Iterable<Buffer>,
  onProgress: OnStartProgress,
  signal: AbortSignal | null,
): Promise<StateMachine> {
  const held = [...chunks]
  if (Array.isArray(chunks)) chunks.length = 0
  const total = held.reduce((sum, chunk) => sum + chunk.length, 0)
  const steps = StateMachine.restoring(lettingGo(held))
  let done = 0
  for (;;) {
    onProgress({ phase: 'build', done, total })
    await setImmediate()
    signal?.throwIfAborted()
    const sliceEndsMs = performance.now() + SLICE_MS
    do {
      const step = steps.next()
      if (step.done === true) return step.value
      done += step.value
    } while (performance.now() < sliceEndsMs)
  }
}
