import { describe, expect, it } from 'vitest'
import { type MemoryLinks, MemoryNetwork } from '../../core/peer/memory-network.ts'
import type { PeerClock } from '../../core/peer/peer-clock.ts'
import type { PeerMessage } from '../../core/peer/peer-messages.ts'
import { SeededRandom } from '../../core/support/random.ts'
import { identity, Recorder } from './link-world.ts'
import { SAMPLES } from './sample-messages.ts'

/** Time that passes when it is told to; what is due at one moment happens in the order in which it was asked for. */
class VirtualClock implements PeerClock {
  nowMs = 0
  #count = 0
  readonly #due: { readonly atMs: number; readonly order: number; readonly call: () => void }[] = []

  after(ms: number, call: () => void): () => void {
    const timer = { atMs: this.nowMs + ms, order: this.#count++, call }
    this.#due.push(timer)
    return () => {
      const at = this.#due.indexOf(timer)
      if (at >= 0) this.#due.splice(at, 1)
    }
  }

  run(ms: number): void {
    const end = this.nowMs + ms
    for (;;) {
      const next = this.#due.toSorted((a, b) => a.atMs - b.atMs || a.order - b.order)[0]
      if (next === undefined || next.atMs > end) break
      this.#due.splice(this.#due.indexOf(next), 1)
      this.nowMs = next.atMs
      next.call()
    }
    this.nowMs = end
  }
}

class World {
  readonly clock = new VirtualClock()
  readonly network: MemoryNetwork
  readonly heard = new Map<number, Recorder>()

  constructor(seed = 1) {
    const random = new SeededRandom(seed)
    this.network = new MemoryNetwork({ clock: this.clock, random, delayMs: () => 1 + random.below(5), encode: true })
  }

  start(id: number): MemoryLinks {
    const recorder = new Recorder()
    this.heard.set(id, recorder)
    const links = this.network.join(identity(id), recorder)
    links.setPeers([1, 2, 3].filter((peer) => peer !== id))
    return links
  }

  lines(id: number): readonly string[] {
    return (this.heard.get(id) as Recorder).lines
  }

  rounds(id: number): readonly number[] {
    return (this.heard.get(id) as Recorder).messages.flatMap((message) => (message.type === 'termResponse' ? [message.term] : []))
  }
}

const numbered = (term: number): PeerMessage => ({ type: 'termResponse', from: 1, to: 2, term })

describe('links in memory', () => {
  it('carry every message, in the order of each lane, through the codec', () => {
    const world = new World()
    const [one] = [world.start(1), world.start(2)]
    world.clock.run(100)
    expect(world.lines(1)).toEqual(expect.arrayContaining(['up 2', 'accepted 2']))
    const said = SAMPLES.map((message) => ({ ...message, from: 1, to: 2 }))
    for (const message of said) expect(one.send(message)).toBe(true)
    expect(world.heard.get(2)?.messages).toEqual([])
    expect(one.bufferedBytes(2)).toBeGreaterThan(90_000)
    world.clock.run(100)
    const got = world.heard.get(2)?.messages ?? []
    expect(got.length).toBe(said.length)
    for (const control of [true, false]) {
      const types = (messages: readonly PeerMessage[]): string[] =>
        messages
          .map(({ type }) => type)
          .filter((type) => control !== ['append', 'snapshot', 'forward', 'forwardQuestion', 'snapshotChunk'].includes(type))
      expect(types(got)).toEqual(types(said))
    }
    expect(one.bufferedBytes(2)).toBe(0)
  })

  it('that break lose a suffix, whichever, and nothing of them comes after the next', () => {
    const kept = new Set<number>()
    for (let seed = 1; seed <= 60; seed++) {
      const world = new World(seed)
      const [one] = [world.start(1), world.start(2)]
      world.clock.run(100)
      for (let i = 1; i <= 5; i++) one.send(numbered(i))
      world.network.break(1, 2)
      expect(one.send(numbered(6))).toBe(false)
      world.clock.run(200)
      one.send(numbered(7))
      world.clock.run(200)
      const rounds = world.rounds(2)
      expect(rounds.at(-1)).toBe(7)
      expect(rounds.slice(0, -1)).toEqual([1, 2, 3, 4, 5].slice(0, rounds.length - 1))
      expect(world.lines(1).filter((line) => /^(up|down|refused) 2/.test(line))).toEqual(['up 2', 'down 2 reset', 'up 2'])
      const after = world.lines(2).slice(world.lines(2).lastIndexOf('accepted 1'))
      expect(after).toEqual(['accepted 1', 'message 1 termResponse'])
      kept.add(rounds.length - 1)
    }
    expect([...kept].toSorted()).toEqual([0, 1, 2, 3, 4, 5])
  })

  it('that are cut one way hold what is sent, and are silent at both diallers', () => {
    const world = new World()
    const [one] = [world.start(1), world.start(2)]
    world.clock.run(100)
    world.network.cut(1, 2)
    one.send(numbered(1))
    world.clock.run(1_000)
    expect(world.rounds(2)).toEqual([])
    expect(world.lines(1)).not.toContain('down 2 silent')
    world.network.heal(1, 2)
    expect(world.rounds(2)).toEqual([1])
    world.network.cut(1, 2)
    world.clock.run(2_000)
    expect(world.lines(1)).toContain('down 2 silent')
    expect(world.lines(2)).toContain('down 1 silent')
    expect(world.lines(1).some((line) => line.startsWith('refused'))).toBe(false)
    world.network.heal(1, 2)
    world.clock.run(200)
    expect(one.isUp(2)).toBe(true)
  })

  it('to a process that is gone are refused, once', () => {
    const world = new World()
    world.start(1)
    world.start(2)
    world.clock.run(100)
    world.network.leave(2)
    world.clock.run(500)
    expect(world.lines(1).filter((line) => line !== 'accepted 2')).toEqual(['up 2', 'down 2 reset', 'refused 2', 'lost 2 reset'])
    world.start(2)
    world.clock.run(500)
    expect(world.lines(1).slice(-2).toSorted()).toEqual(['accepted 2', 'up 2'])
  })

  it('to a process that ended behind a cut break as soon as something gets through', () => {
    const world = new World()
    world.start(1)
    world.start(2)
    world.clock.run(100)
    world.network.cut(2, 1)
    world.network.leave(2)
    world.start(2)
    world.clock.run(50)
    expect(world.lines(1), 'nobody could tell').not.toContain('down 2 reset')
    world.network.heal(2, 1)
    world.clock.run(100)
    expect(world.lines(1)).toContain('down 2 reset')
    expect(world.network.server(1)?.send({ ...numbered(9) })).toBe(true)
    world.clock.run(100)
    expect(world.rounds(2)).toEqual([9])
  })

  it('hold bulk of a peer that is paused, and nothing else', () => {
    const world = new World()
    const [one, two] = [world.start(1), world.start(2)]
    world.clock.run(100)
    two.pause(1)
    one.send({ type: 'append', from: 1, to: 2, term: 1, prevIndex: 0, prevTerm: 0, commit: 0, entries: [], silent: false })
    one.send(numbered(1))
    world.clock.run(100)
    expect(world.lines(2).filter((line) => line.startsWith('message'))).toEqual(['message 1 termResponse'])
    two.resume(1)
    world.clock.run(100)
    expect(world.lines(2).at(-1)).toBe('message 1 append')
  })

  it('are the same for the same seed', () => {
    const life = (seed: number): string => {
      const world = new World(seed)
      const links = [1, 2, 3].map((id) => world.start(id))
      world.clock.run(50)
      for (let i = 0; i < 40; i++) {
        links[0]?.send(numbered(i))
        if (i % 7 === 0) world.network.break(1, 2)
        if (i % 11 === 0) world.network.cut(2, 1)
        if (i % 13 === 0) world.network.heal(2, 1)
        world.clock.run(40)
      }
      return JSON.stringify([1, 2, 3].map((id) => world.lines(id)))
    }
    expect(life(5)).toBe(life(5))
    expect(life(5)).not.toBe(life(6))
  })
})
