// server: snapshots that go to peers and the one that comes from a leader.
//
//   leader    sendSnapshot(2) -> spool -> SnapshotSender ==chunks==> 2 -> replica.snapshots.sent
//   follower  head, chunks -> SnapshotIntake -> the tree is built as they come -> replica hears the head -> installSnapshot takes the tree
//
// What is received is never kept as bytes: the log store writes the snapshot of the tree that was built, which is the same byte for byte.

import type { SnapshotMessage } from '../consensus/messages.ts'
import type { SnapshotMeta } from '../consensus/types.ts'
import type { PeerMessage, SnapshotChunk, SnapshotProgress } from '../peer/peer-messages.ts'
import { SnapshotIntake, type SnapshotSink } from '../peer/snapshot-intake.ts'
import { SnapshotSender } from '../peer/snapshot-sender.ts'
import type { Logger } from '../support/logger.ts'
import { SnapshotFormatError } from '../tree/snapshot-format.ts'
import { StateMachine } from '../tree/state-machine.ts'
import { type SnapshotSpool, spoolSnapshot } from './snapshot-spool.ts'
import { randomHashKey } from './tree-receiver.ts'

/** What the desk asks of the server. */
export interface SnapshotDeskOwner {
  readonly logger: Logger
  send(message: PeerMessage): boolean
  /** What is to be streamed to `peer`; `null` if nothing is wanted any more. */
  snapshotFor(peer: number): { readonly head: SnapshotMessage; readonly chunks: IterableIterator<Buffer> } | null
  snapshotSent(peer: number, whole: boolean): void
  wantsSnapshot(head: SnapshotMessage): boolean
  /** The whole snapshot is here. */
  arrived(head: SnapshotMessage): void
}

interface Outgoing {
  readonly sender: SnapshotSender
  readonly spool: SnapshotSpool
}

export class SnapshotDesk {
  readonly #owner: SnapshotDeskOwner
  readonly #dataDir: string | null
  readonly #outgoing = new Map<number, Outgoing>()
  readonly #intake: SnapshotIntake
  #received: { readonly index: number; readonly tree: StateMachine } | null = null
  readonly #spooling = new Set<Promise<void>>()
  #closed = false

  constructor(owner: SnapshotDeskOwner, dataDir: string | null) {
    this.#owner = owner
    this.#dataDir = dataDir
    this.#intake = new SnapshotIntake({
      open: (head) => (owner.wantsSnapshot(head) ? this.#sink(head) : null),
      send: (message) => owner.send(message),
      arrived: (head) => owner.arrived(head),
      failed: (head, error) =>
        owner.logger.error({ index: head.meta.index, error: error.message }, 'a snapshot of the leader is not usable'),
    })
  }

  // ---- to peers

  /** Streams the state to a peer. One stream for each; a newer one takes the place of the former. */
  sendTo(peer: number): void {
    const work = this.#spool(peer)
    this.#spooling.add(work)
    void work.finally(() => this.#spooling.delete(work))
  }

  async #spool(peer: number): Promise<void> {
    const { logger } = this.#owner
    this.#drop(peer)
    const snapshot = this.#closed ? null : this.#owner.snapshotFor(peer)
    if (snapshot === null) {
      this.#owner.snapshotSent(peer, false)
      return
    }
    const { head, chunks } = snapshot
    let spool: SnapshotSpool
    try {
      spool = await spoolSnapshot(chunks, this.#dataDir)
    } catch (error) {
      logger.error({ peer, error: error instanceof Error ? error.message : String(error) }, 'a snapshot for a peer could not be kept aside')
      this.#owner.snapshotSent(peer, false)
      return
    }
    if (this.#closed || this.#outgoing.has(peer)) {
      await spool.close()
      return
    }
    logger.info({ peer, index: head.meta.index, bytes: spool.totalBytes }, 'a snapshot is sent to a peer')
    const sender = new SnapshotSender(head, spool, {
      send: (message) => this.#owner.send(message),
      ended: (ok, error) => {
        if (this.#outgoing.get(peer)?.sender === sender) this.#drop(peer)
        logger.info(
          { peer, index: head.meta.index, ok, ...(error === null ? {} : { error: error.message }) },
          'the snapshot for a peer ended',
        )
        this.#owner.snapshotSent(peer, ok)
      },
    })
    this.#outgoing.set(peer, { sender, spool })
    sender.linkUp()
  }

  linkUp(peer: number): void {
    this.#outgoing.get(peer)?.sender.linkUp()
  }

  progress(message: SnapshotProgress): void {
    this.#outgoing.get(message.from)?.sender.progress(message)
  }

  /** This server does not lead any more: nobody waits for what it sends. */
  stopSending(): void {
    for (const peer of [...this.#outgoing.keys()]) this.#drop(peer)
  }

  #drop(peer: number): void {
    const outgoing = this.#outgoing.get(peer)
    if (outgoing === undefined) return
    this.#outgoing.delete(peer)
    outgoing.sender.cancel()
    const closing = outgoing.spool
      .close()
      .catch((error: Error) => this.#owner.logger.error({ peer, error: error.message }, 'a spooled snapshot'))
    this.#spooling.add(closing)
    void closing.finally(() => this.#spooling.delete(closing))
  }

  // ---- from a leader

  head(head: SnapshotMessage): void {
    this.#intake.head(head)
  }

  /** What is wrong with it, `null` if nothing is. */
  chunk(chunk: SnapshotChunk): string | null {
    return this.#intake.chunk(chunk)
  }

  /** The tree of the snapshot that has come; `null` if there is none of that index any more. */
  take({ index }: SnapshotMeta): StateMachine | null {
    const received = this.#received
    this.#received = null
    return received?.index === index ? received.tree : null
  }

  #sink(head: SnapshotMessage): SnapshotSink {
    this.#received = null
    const restoration = StateMachine.restoring(randomHashKey())
    return {
      write(bytes, done) {
        done(formatProblem(() => restoration.take(bytes)))
      },
      finish: (done) => {
        done(
          formatProblem(() => {
            this.#received = { index: head.meta.index, tree: restoration.finish() }
          }),
        )
      },
      abandon: () => {},
    }
  }

  /** Resolves when no file is open any more. */
  async close(): Promise<void> {
    this.#closed = true
    this.stopSending()
    this.#intake.close()
    this.#received = null
    while (this.#spooling.size > 0) await Promise.all(this.#spooling)
  }
}

function formatProblem(work: () => void): Error | null {
  try {
    work()
    return null
  } catch (error) {
    if (error instanceof SnapshotFormatError) return error
    throw error
  }
}
