// The stream of a server's requests to whoever leads: core/replica/origin-stream.ts and forward-streams.ts.

import { describe, expect, test } from 'vitest'
import { ForwardStreams } from '../../core/replica/forward-streams.ts'
import { OriginStream, type StreamBatch } from '../../core/replica/origin-stream.ts'
import { SeededRandom } from '../../core/support/random.ts'

const NAME = { serverId: 3, nonceHi: 1, nonceLo: 2 }

function streamOf(count: number): OriginStream<number> {
  const stream = new OriginStream<number>()
  for (let i = 1; i <= count; i++) stream.push(Buffer.from([i]), i)
  return stream
}

function numbers(batch: StreamBatch | null): number[] {
  return batch === null ? [] : batch.payloads.map((payload) => payload[0] as number)
}

describe('OriginStream', () => {
  test('sends nothing before the first entry of a term was applied and its leader has answered', () => {
    const stream = streamOf(3)
    expect(stream.takeQuestion()).toBeNull()
    expect(stream.takeBatch(1000)).toBeNull()
    stream.termApplied(7)
    const question = stream.takeQuestion()
    expect(question).toMatchObject({ term: 7 })
    expect(stream.takeQuestion(), 'once for each attempt').toBeNull()
    expect(stream.takeBatch(1000)).toBeNull()
    stream.answered(7, question?.attempt ?? 0, 0)
    const batch = stream.takeBatch(1000)
    expect(batch).toMatchObject({ term: 7, first: 1 })
    expect(numbers(batch)).toEqual([1, 2, 3])
    expect(stream.takeBatch(1000)).toBeNull()
  })

  test('asks again when no answer comes, and takes no answer to the question before', () => {
    const stream = streamOf(1)
    stream.termApplied(7)
    stream.askAgain()
    const first = stream.takeQuestion()
    expect(first, 'not asked yet: nothing to ask again').toMatchObject({ attempt: 1 })
    stream.askAgain()
    const second = stream.takeQuestion()
    expect(second).toMatchObject({ term: 7, attempt: 2 })
    stream.answered(7, 1, 0)
    expect(stream.takeBatch(1000)).toBeNull()
    stream.answered(7, 2, 0)
    expect(numbers(stream.takeBatch(1000))).toEqual([1])
    stream.askAgain()
    expect(stream.takeQuestion(), 'it was answered').toBeNull()
  })

  test('goes on after what the leader has, on a new link within the term', () => {
    const stream = streamOf(5)
    stream.termApplied(7)
    stream.answered(7, stream.takeQuestion()?.attempt ?? 0, 0)
    stream.takeBatch(1000)
    stream.applied(1)
    stream.interrupted()
    expect(stream.takeBatch(1000)).toBeNull()
    stream.answered(7, stream.takeQuestion()?.attempt ?? 0, 3)
    expect(stream.takeBatch(1000)).toMatchObject({ first: 4 })
  })

  test('sends everything that is pending again in the next term, with the old numbers in the old order', () => {
    const stream = streamOf(4)
    stream.termApplied(7)
    stream.answered(7, stream.takeQuestion()?.attempt ?? 0, 0)
    stream.takeBatch(1000)
    stream.applied(1)
    stream.applied(2)
    stream.push(Buffer.from([5]), 5)
    stream.termApplied(9)
    stream.answered(9, stream.takeQuestion()?.attempt ?? 0, 0)
    const batch = stream.takeBatch(1000)
    expect(batch).toMatchObject({ term: 9, first: 3 })
    expect(numbers(batch)).toEqual([3, 4, 5])
  })

  test('an answer to an earlier question, or of another term, counts for nothing', () => {
    const stream = streamOf(2)
    stream.termApplied(7)
    const first = stream.takeQuestion()?.attempt ?? 0
    stream.interrupted()
    stream.answered(7, first, 0)
    expect(stream.takeBatch(1000)).toBeNull()
    stream.termApplied(8)
    const second = stream.takeQuestion()?.attempt ?? 0
    stream.answered(7, second, 0)
    expect(stream.takeBatch(1000)).toBeNull()
  })

  test('batches are cut by bytes, and one request always fits', () => {
    const stream = new OriginStream<number>()
    for (let i = 1; i <= 3; i++) stream.push(Buffer.alloc(100, i), i)
    stream.termApplied(1)
    stream.answered(1, stream.takeQuestion()?.attempt ?? 0, 0)
    expect(numbers(stream.takeBatch(150))).toEqual([1, 2])
    expect(numbers(stream.takeBatch(1))).toEqual([3])
  })

  test('what comes back out of order is a broken invariant', () => {
    const stream = streamOf(2)
    expect(() => stream.applied(2)).toThrow(/in order/)
  })

  test('requests that were given up are forgotten and asked about no more', () => {
    const stream = streamOf(2)
    stream.termApplied(7)
    stream.answered(7, stream.takeQuestion()?.attempt ?? 0, 0)
    const forgotten: number[] = []
    stream.abandon((owner) => forgotten.push(owner))
    expect(forgotten).toEqual([1, 2])
    expect(stream.size).toBe(0)
    stream.push(Buffer.from([9]), 9)
    stream.answered(7, stream.takeQuestion()?.attempt ?? 0, 0)
    expect(numbers(stream.takeBatch(10))).toEqual([9])
  })
})

describe('ForwardStreams', () => {
  test('appends the first batch whatever its number, and then only the next', () => {
    const streams = new ForwardStreams()
    expect(streams.lastOf(NAME)).toBe(0)
    expect(streams.accept(NAME, 42, 3)).toBe(true)
    expect(streams.lastOf(NAME)).toBe(44)
    expect(streams.accept(NAME, 44, 2)).toBe(false)
    expect(streams.accept(NAME, 46, 1)).toBe(false)
    expect(streams.accept(NAME, 45, 1)).toBe(true)
  })

  test('another nonce is another stream; a term begins with none', () => {
    const streams = new ForwardStreams()
    streams.accept(NAME, 1, 10)
    expect(streams.lastOf({ ...NAME, nonceLo: 3 })).toBe(0)
    expect(streams.accept({ ...NAME, nonceLo: 3 }, 1, 1)).toBe(true)
    streams.clear()
    expect(streams.lastOf(NAME)).toBe(0)
  })
})

// A model of the whole: leaders come and go, logs are cut, links lose what is on them. Whatever happens, what is applied is every number once, in order.
describe('a stream through leaders and broken links', () => {
  test.each(Array.from({ length: 50 }, (_, i) => i + 1))('seed %i', (seed) => {
    const random = new SeededRandom(seed)
    const stream = new OriginStream<number>()
    const leader = new ForwardStreams()
    const applied: number[] = []
    let term = 0
    let log: number[] = []
    let committed = 0
    let pushed = 0
    let onLink: (() => void)[] = []

    const newTerm = () => {
      term += 1
      leader.clear()
      // What was not committed may be cut, from any point on.
      log = log.slice(0, committed + Math.floor(random.next() * (log.length - committed + 1)))
      committed = log.length
    }
    const applyAll = () => {
      while (applied.length < committed) {
        const number = log[applied.length] as number
        expect(stream.applied(number)).toBe(number)
        applied.push(number)
      }
    }
    newTerm()
    stream.termApplied(term)
    for (let step = 0; step < 400; step++) {
      const dice = random.next()
      if (dice < 0.35) stream.push(Buffer.alloc(1), ++pushed)
      else if (dice < 0.5) {
        const sentIn = term
        const batch = stream.takeBatch(1 + Math.floor(random.next() * 4))
        if (batch !== null) {
          onLink.push(() => {
            if (sentIn !== term || !leader.accept(NAME, batch.first, batch.payloads.length)) return
            for (let i = 0; i < batch.payloads.length; i++) log.push(batch.first + i)
          })
        }
      } else if (dice < 0.7) onLink.shift()?.()
      else if (dice < 0.8) {
        const question = stream.takeQuestion()
        if (question !== null)
          onLink.push(() => stream.answered(question.term, question.attempt, question.term === term ? leader.lastOf(NAME) : 0))
      } else if (dice < 0.88) {
        committed += Math.floor(random.next() * (log.length - committed + 1))
        applyAll()
      } else if (dice < 0.95) {
        // The link breaks; what it had not delivered is gone.
        onLink = []
        stream.interrupted()
      } else {
        newTerm()
        onLink = []
        applyAll()
        stream.termApplied(term)
      }
    }
    for (let round = 0; round < 10; round++) {
      const question = stream.takeQuestion()
      if (question !== null) onLink.push(() => stream.answered(question.term, question.attempt, leader.lastOf(NAME)))
      for (let next = onLink.shift(); next !== undefined; next = onLink.shift()) next()
      for (let batch = stream.takeBatch(3); batch !== null; batch = stream.takeBatch(3)) {
        if (!leader.accept(NAME, batch.first, batch.payloads.length)) continue
        for (let i = 0; i < batch.payloads.length; i++) log.push(batch.first + i)
      }
      committed = log.length
      applyAll()
    }
    expect(applied).toEqual(Array.from({ length: pushed }, (_, i) => i + 1))
  })
})
