// peer: takes in the snapshot that a leader sends; the other end of snapshot-sender.ts. At most one at a time: a head of another one takes its place.
//
//   received  [===================)            in order, without gaps; what was had before is skipped
//   kept      [============)                   written by the sink; told to the sender, which stays within its window of it
//
// A link that breaks changes nothing here: the sender begins again with the head, and is told where to go on once nothing is being written. PURE.

import type { SnapshotMessage } from '../consensus/messages.ts'
import type { PeerMessage, SnapshotChunk } from './peer-messages.ts'

/** Keeps the bytes aside until they are whole. Each method calls back at once or later, one call at a time. */
export interface SnapshotSink {
  write(bytes: Buffer, done: (error: Error | null) => void): void
  /** Everything has come: verifies it and makes it durable. */
  finish(done: (error: Error | null) => void): void
  /** It is not needed any more, or failed: removes what was kept. Not called after a `finish` that went well. */
  abandon(): void
}

export interface SnapshotIntakeHost {
  /** Null: it is not wanted. */
  open(head: SnapshotMessage): SnapshotSink | null
  send(message: PeerMessage): boolean
  /** The whole snapshot is kept and verified: time to step the message. */
  arrived(head: SnapshotMessage): void
  /** It could not be kept. */
  failed(head: SnapshotMessage, error: Error): void
}

/** Far more than a sender may have under way. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024

interface Intake {
  head: SnapshotMessage
  readonly sink: SnapshotSink
  readonly waiting: Buffer[]
  waitingBytes: number
  received: number
  kept: number
  busy: boolean
  /** The sender waits to hear where to go on. */
  asked: boolean
  lastCame: boolean
  state: 'open' | 'complete' | 'gone'
}

export class SnapshotIntake {
  readonly #host: SnapshotIntakeHost
  #intake: Intake | null = null

  constructor(host: SnapshotIntakeHost) {
    this.#host = host
  }

  head(head: SnapshotMessage): void {
    const present = this.#intake
    if (present !== null && isSame(present.head, head)) {
      present.head = head
      present.asked = true
      this.#answer(present)
      return
    }
    this.close()
    const sink = this.#host.open(head)
    if (sink === null) {
      this.#progress(head, 0, { refused: true })
      return
    }
    this.#intake = {
      head,
      sink,
      waiting: [],
      waitingBytes: 0,
      received: 0,
      kept: 0,
      busy: false,
      asked: true,
      lastCame: false,
      state: 'open',
    }
    this.#answer(this.#intake)
  }

  /** Returns what is wrong with it, or null: then the link deserves to be closed. */
  chunk({ from, id, offset, bytes, last }: SnapshotChunk): string | null {
    const intake = this.#intake
    if (intake === null || from !== intake.head.from || id !== intake.head.meta.index || intake.state !== 'open') return null
    const end = offset + bytes.length
    if (!Number.isSafeInteger(end)) return `a chunk that ends at ${end}`
    if (intake.lastCame && end > intake.received) return `a chunk that ends at ${end} of a snapshot of ${intake.received} bytes`
    if (last && end < intake.received) return `the last chunk ends at ${end}, behind are ${intake.received} bytes`
    if (offset > intake.received) {
      intake.asked = true
      this.#answer(intake)
      return null
    }
    if (intake.waitingBytes + bytes.length > MAX_WAITING_BYTES) return `${intake.waitingBytes} bytes of a snapshot wait, and more come`
    if (end > intake.received) {
      intake.waiting.push(bytes.subarray(intake.received - offset))
      intake.waitingBytes += end - intake.received
      intake.received = end
    }
    intake.lastCame ||= last
    this.#work(intake)
    return null
  }

  /** Lets go of what is not complete. */
  close(): void {
    const intake = this.#intake
    this.#intake = null
    if (intake?.state !== 'open') return
    intake.state = 'gone'
    if (!intake.busy) intake.sink.abandon()
  }

  #work(intake: Intake): void {
    if (intake.busy || intake.state !== 'open') return
    const bytes = intake.waiting.shift()
    if (bytes !== undefined) {
      this.#busy(
        intake,
        (done) => intake.sink.write(bytes, done),
        () => this.#wrote(intake, bytes.length),
      )
    } else if (intake.lastCame) {
      this.#busy(
        intake,
        (done) => intake.sink.finish(done),
        () => this.#finished(intake),
      )
    } else {
      this.#answer(intake)
    }
  }

  /** One call of the sink; what is abandoned meanwhile is let go of when it is over. */
  #busy(intake: Intake, call: (done: (error: Error | null) => void) => void, then: () => void): void {
    intake.busy = true
    call((error) => {
      intake.busy = false
      if (error !== null) this.#fail(intake, error)
      else if (intake.state === 'gone') intake.sink.abandon()
      else then()
    })
  }

  #wrote(intake: Intake, bytes: number): void {
    intake.kept += bytes
    intake.waitingBytes -= bytes
    this.#progress(intake.head, intake.kept, {})
    this.#work(intake)
  }

  #finished(intake: Intake): void {
    intake.state = 'complete'
    this.#progress(intake.head, intake.kept, { complete: true })
    this.#host.arrived(intake.head)
  }

  #fail(intake: Intake, error: Error): void {
    const wasOpen = intake.state === 'open'
    intake.state = 'gone'
    intake.sink.abandon()
    if (!wasOpen) return
    if (this.#intake === intake) this.#intake = null
    this.#progress(intake.head, intake.kept, { refused: true })
    this.#host.failed(intake.head, error)
  }

  #answer(intake: Intake): void {
    if (!intake.asked || intake.busy || intake.waiting.length > 0) return
    intake.asked = false
    this.#progress(intake.head, intake.kept, { complete: intake.state === 'complete' })
  }

  #progress({ from, to, meta }: SnapshotMessage, offset: number, { refused = false, complete = false }): void {
    this.#host.send({ type: 'snapshotProgress', from: to, to: from, id: meta.index, offset, refused, complete })
  }
}

/** Snapshots at one index are equal byte for byte; those of two senders may still be of two versions of this program. */
function isSame(a: SnapshotMessage, b: SnapshotMessage): boolean {
  return a.from === b.from && a.meta.index === b.meta.index && a.meta.term === b.meta.term
}
