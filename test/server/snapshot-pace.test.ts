// Timing the slices of a snapshot, and ending one that grows too long.
import { expect, test } from 'vitest'
import { SnapshotPace } from '../../core/server/snapshot-pace.ts'

function busyFor(ms: number): void {
  const end = performance.now() + ms
  while (performance.now() < end);
}

function* slow(count: number, ms: number): Generator<Buffer, void, void> {
  for (let i = 0; i < count; i++) {
    busyFor(ms)
    yield Buffer.of(i)
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('a slice that has grown long is ended by an empty chunk, and nothing of the source is lost', async () => {
  const pace = new SnapshotPace(slow(4, 3))
  const seen: number[] = []
  let empty = 0
  for (let step = pace.next(); step.done !== true; step = pace.next()) {
    if (step.value.length === 0) {
      empty++
      await nextTurn()
    } else {
      seen.push(step.value[0] as number)
    }
  }
  expect(seen).toEqual([0, 1, 2, 3])
  expect(empty).toBe(4)
  await nextTurn()
  expect(pace.slices).toBe(5)
  expect(pace.longestMs).toBeGreaterThanOrEqual(3)
  expect(pace.totalMs).toBeGreaterThanOrEqual(12)
})

test('what is done with a chunk counts to its slice, what another turn does does not', async () => {
  const pace = new SnapshotPace(slow(1, 0))
  pace.next()
  busyFor(4)
  await nextTurn()
  const { longestMs } = pace
  expect(longestMs).toBeGreaterThanOrEqual(4)
  busyFor(longestMs + 4)
  expect(pace.next().done).toBe(true)
  await nextTurn()
  expect(pace.longestMs).toBe(longestMs)
})

test('who gives up is passed on to the source', () => {
  let ended = false
  function* source(): Generator<Buffer, void, void> {
    try {
      for (;;) yield Buffer.of(1)
    } finally {
      ended = true
    }
  }
  const pace = new SnapshotPace(source())
  pace.next()
  pace.return()
  expect(ended).toBe(true)
})
