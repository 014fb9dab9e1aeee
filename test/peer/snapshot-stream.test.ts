import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { SnapshotMessage } from '../../core/consensus/messages.ts'
import type { PeerMessage } from '../../core/peer/peer-messages.ts'
import { SnapshotIntake, type SnapshotSink } from '../../core/peer/snapshot-intake.ts'
import { SnapshotSender } from '../../core/peer/snapshot-sender.ts'
import { SeededRandom } from '../../core/support/random.ts'

const HEAD: SnapshotMessage = { type: 'snapshot', from: 1, to: 2, term: 4, meta: { index: 70, term: 3, termStart: 60 } }
const CHUNK = 100
const WINDOW = 350

class Sink implements SnapshotSink {
  readonly pieces: Buffer[] = []
  readonly calls: (() => void)[] = []
  error: Error | null = null
  abandoned = 0
  finished = false

  get bytes(): Buffer {
    return Buffer.concat(this.pieces)
  }

  write(bytes: Buffer, done: (error: Error | null) => void): void {
    this.calls.push(() => {
      this.pieces.push(Buffer.from(bytes))
      done(this.error)
    })
  }

  finish(done: (error: Error | null) => void): void {
    this.calls.push(() => {
      this.finished = this.error === null
      done(this.error)
    })
  }

  abandon(): void {
    this.abandoned += 1
  }
}

/** Sender, two directed links that can break, receiver; every step is taken by hand or by a seed. */
class World {
  readonly bytes: Buffer
  readonly sender: SnapshotSender
  readonly sinks: Sink[] = []
  readonly arrived: SnapshotMessage[] = []
  readonly failed: string[] = []
  readonly ends: string[] = []
  readonly reads: (() => void)[] = []
  intake: SnapshotIntake
  toReceiver: PeerMessage[] = []
  toSender: PeerMessage[] = []
  sentBytes = 0
  up = true
  wanted = true

  constructor(size: number, settings = { chunkBytes: CHUNK, windowBytes: WINDOW }) {
    this.bytes = Buffer.from(Array.from({ length: size }, (_, i) => i * 7))
    this.intake = this.#newIntake()
    const source = {
      totalBytes: size,
      read: (offset: number, length: number, done: (error: Error | null, bytes: Buffer) => void): void => {
        this.reads.push(() => done(null, this.bytes.subarray(offset, offset + length)))
      },
    }
    const host = {
      send: (message: PeerMessage): boolean => {
        if (!this.up) return false
        if (message.type === 'snapshotChunk') this.sentBytes += message.bytes.length
        this.toReceiver.push(message)
        return true
      },
      ended: (ok: boolean, error: Error | null): void => {
        this.ends.push(error === null ? String(ok) : error.message)
      },
    }
    this.sender = new SnapshotSender(HEAD, source, host, settings)
  }

  get sink(): Sink {
    return this.sinks.at(-1) as Sink
  }

  #newIntake(): SnapshotIntake {
    return new SnapshotIntake({
      open: () => {
        if (!this.wanted) return null
        const sink = new Sink()
        this.sinks.push(sink)
        return sink
      },
      send: (message) => this.toSender.push(message) > 0,
      arrived: (head) => this.arrived.push(head),
      failed: (_head, error) => this.failed.push(error.message),
    })
  }

  restartReceiver(): void {
    this.intake = this.#newIntake()
  }

  deliverOne(): void {
    const message = this.toReceiver.shift()
    if (message?.type === 'snapshot') this.intake.head(message)
    else if (message?.type === 'snapshotChunk') expect(this.intake.chunk(message)).toBeNull()
  }

  answerOne(): void {
    const message = this.toSender.shift()
    if (message?.type === 'snapshotProgress') this.sender.progress(message)
  }

  run(): void {
    while (this.step()) {}
  }

  step(): boolean {
    if (this.reads.length > 0) this.reads.shift()?.()
    else if (this.toReceiver.length > 0) this.deliverOne()
    else if (this.sinks.some((sink) => sink.calls.length > 0)) for (const sink of this.sinks) sink.calls.shift()?.()
    else if (this.toSender.length > 0) this.answerOne()
    else return false
    return true
  }
}

describe('a snapshot', () => {
  it.each([0, 1, 99, 100, 101, 350, 351, 5_000])('of %i bytes arrives', (size) => {
    const world = new World(size)
    world.sender.linkUp()
    world.run()
    expect(world.sink.bytes.equals(world.bytes)).toBe(true)
    expect(world).toMatchObject({ arrived: [HEAD], ends: ['true'], sentBytes: size })
    expect(world.sink).toMatchObject({ finished: true, abandoned: 0 })
  })

  it('is sent at the pace at which it is kept: never more than the window ahead', () => {
    const world = new World(5_000)
    world.sender.linkUp()
    world.deliverOne()
    world.answerOne()
    for (let kept = 0; kept < 4_000; kept += CHUNK) {
      while (world.reads.length > 0 || world.toReceiver.length > 0) {
        world.reads.shift()?.()
        world.deliverOne()
      }
      expect(world.sentBytes).toBe(Math.min(kept + WINDOW, 5_000))
      world.sink.calls.shift()?.()
      if (world.sink.pieces.at(-1)?.length !== CHUNK) world.sink.calls.shift()?.()
      kept = world.sink.bytes.length - CHUNK
      while (world.toSender.length > 0) world.answerOne()
    }
  })

  it('goes on where it was after the link broke: what was kept is not sent again', () => {
    const world = new World(5_000)
    world.sender.linkUp()
    while (world.sink === undefined || world.sink.bytes.length < 2_000) world.step()
    world.toReceiver = []
    world.up = false
    world.run()
    const kept = world.sink.bytes.length
    expect(kept).toBeLessThan(3_000)
    world.up = true
    const before = world.sentBytes
    world.sender.linkUp()
    world.run()
    expect(world.sentBytes - before).toBe(5_000 - kept)
    expect(world.sink.bytes.equals(world.bytes)).toBe(true)
    expect(world.sinks.length).toBe(1)
    expect(world.ends).toEqual(['true'])
  })

  it('survives any breaks, restarts of the receiver and order of events', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const random = new SeededRandom(seed)
      const world = new World(random.below(3_000))
      world.sender.linkUp()
      for (let i = 0; i < 400 && world.ends.length === 0; i++) {
        const dice = random.below(40)
        if (dice === 0) {
          // A break loses any suffix; the stream begins again with the head.
          world.toReceiver.length = random.below(world.toReceiver.length + 1)
          world.up = false
        } else if (dice === 1) {
          world.restartReceiver()
          world.toReceiver = []
          world.toSender.length = random.below(world.toSender.length + 1)
          world.up = true
          world.sender.linkUp()
        } else if (dice < 5) {
          if (!world.up) {
            world.up = true
            world.toReceiver = []
            world.sender.linkUp()
          }
        } else if (dice < 14) world.reads.shift()?.()
        else if (dice < 24) world.deliverOne()
        else if (dice < 32) world.sinks[random.below(Math.max(1, world.sinks.length))]?.calls.shift()?.()
        else world.answerOne()
      }
      world.toReceiver = world.up ? world.toReceiver : []
      if (!world.up) {
        world.up = true
        world.sender.linkUp()
      }
      world.run()
      expect({ seed, ends: world.ends, whole: world.sinks.some((sink) => sink.finished && sink.bytes.equals(world.bytes)) }).toEqual({
        seed,
        ends: ['true'],
        whole: true,
      })
      for (const sink of world.sinks) if (sink.finished) expect(digest(sink.bytes)).toBe(digest(world.bytes))
    }
  })

  it('that is not wanted is refused, and the sender hears it', () => {
    const world = new World(500)
    world.wanted = false
    world.sender.linkUp()
    world.run()
    expect(world).toMatchObject({ ends: ['false'], sentBytes: 0, arrived: [] })
  })

  it('that cannot be kept, or is not what it should be, is refused and removed', () => {
    for (const when of ['write', 'finish'] as const) {
      const world = new World(250)
      world.sender.linkUp()
      world.deliverOne()
      if (when === 'finish') while (world.sink.bytes.length < 250) world.step()
      world.sink.error = new Error('disk full')
      world.run()
      expect(world).toMatchObject({ ends: ['false'], failed: ['disk full'], arrived: [] })
      expect(world.sink.abandoned).toBe(1)
    }
  })

  it('gives way to another one, when nothing is being written', () => {
    const world = new World(900)
    world.sender.linkUp()
    while (world.sink === undefined || world.sink.calls.length === 0) world.step()
    const [former] = world.sinks
    world.intake.head({ ...HEAD, meta: { ...HEAD.meta, index: 90 } })
    expect(former?.abandoned).toBe(0)
    former?.calls.shift()?.()
    expect(former?.abandoned).toBe(1)
    expect(world.sinks.length).toBe(2)
    // Chunks of the former one are nobody's.
    world.toSender = []
    while (world.toReceiver.length > 0) world.deliverOne()
    expect(world.toSender).toEqual([])
  })

  it('that was taken in already is not taken in twice', () => {
    const world = new World(300)
    world.sender.linkUp()
    world.run()
    world.intake.head(HEAD)
    expect(world.toSender).toMatchObject([{ complete: true, offset: 300 }])
    expect(world.sinks.length).toBe(1)
    expect(world.arrived.length).toBe(1)
  })

  it('whose source fails is given up', () => {
    const ends: unknown[] = []
    const source = {
      totalBytes: 5,
      read: (_o: number, _l: number, done: (error: Error | null, bytes: Buffer) => void): void => done(new Error('gone'), Buffer.alloc(0)),
    }
    const sender = new SnapshotSender(HEAD, source, { send: () => true, ended: (ok, error) => ends.push(ok, error?.message) })
    sender.linkUp()
    sender.progress({ type: 'snapshotProgress', from: 2, to: 1, id: 70, offset: 0, refused: false, complete: false })
    expect(ends).toEqual([false, 'gone'])
  })

  it('of a sender that keeps no rules is told of', () => {
    const world = new World(900)
    world.sender.linkUp()
    world.deliverOne()
    const chunk = (offset: number, length: number, last = false): string | null =>
      world.intake.chunk({ type: 'snapshotChunk', from: 1, to: 2, id: 70, offset, bytes: Buffer.alloc(length), last })
    expect(chunk(0, 9 * 1024 * 1024)).toMatch(/wait, and more come/)
    expect(chunk(2 ** 53 - 1, 5)).toMatch(/ends at/)
    expect(chunk(0, 500)).toBeNull()
    expect(chunk(0, 100, true)).toMatch(/the last chunk ends at 100/)
    expect(chunk(500, 100, true)).toBeNull()
    expect(chunk(600, 100)).toMatch(/of a snapshot of 600 bytes/)
  })
})

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
