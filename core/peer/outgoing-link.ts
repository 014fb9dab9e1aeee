// peer: the link that this server dials to another one, for the messages it sends there: two lanes, up together and down together.
//
//            dial                 both welcomed
//   waiting -------> dialling ------------------> up
//      ^                | a lane failed            | a lane broke
//      +---- back-off --+<---------- at once ------+            nothing is ever sent again by the link itself
//
// After a link that stood broke, the first dial follows at once: if nobody listens there, `refused` tells that the process is gone.

import { assert } from '../support/assert.ts'
import { type DialEnd, DialledLane, type DialledLaneOwner } from './dialled-lane.ts'
import type { Frame } from './frame.ts'
import type { PeerAddress, RefusalReason } from './identity.ts'
import type { LinkContext } from './link-context.ts'
import type { Rank } from './out-queue.ts'
import type { CloseReason } from './peer-counters.ts'
import type { LaneName } from './peer-messages.ts'

const MIN_BACKOFF_MS = 20
/** Whoever was turned away comes back less often. */
const REFUSED_BACKOFF_MS = 1_000

export interface OutgoingLinkOwner {
  up(peer: number): void
  down(peer: number, reason: CloseReason): void
  refused(peer: number): void
  turnedAway(peer: number, reason: RefusalReason, text: string): void
  drained(peer: number): void
}

export class OutgoingLink implements DialledLaneOwner {
  readonly peer: PeerAddress
  readonly #context: LinkContext
  readonly #owner: OutgoingLinkOwner
  readonly #nextNumber: () => number
  #control: DialledLane | null = null
  #bulk: DialledLane | null = null
  #up = false
  #closed = false
  /** It stood, broke, and nobody was told yet whether the other end still listens. */
  #brokenUntold = false
  #backoffMs = 0
  #cancelDial: () => void = () => {}
  #lastTrouble = ''

  /** `nextNumber` numbers the attempts of this process, across links: a link that is made anew goes on counting. */
  constructor(peer: PeerAddress, context: LinkContext, nextNumber: () => number, owner: OutgoingLinkOwner) {
    this.peer = peer
    this.#context = context
    this.#nextNumber = nextNumber
    this.#owner = owner
  }

  get isUp(): boolean {
    return this.#up
  }

  get bufferedBytes(): number {
    return this.#up ? (this.#control?.lane.bufferedBytes ?? 0) + (this.#bulk?.lane.bufferedBytes ?? 0) : 0
  }

  start(): void {
    this.#cancelDial = this.#context.lane.clock.after(0, () => this.#dial())
  }

  /** The other server was heard of: no need to wait any longer. */
  hurry(): void {
    if (this.#closed || this.#control !== null) return
    this.#cancelDial()
    this.#backoffMs = 0
    this.#dial()
  }

  send(frame: Frame, lane: LaneName, rank: Rank): boolean {
    if (!this.#up) return false
    const dialled = lane === 'control' ? this.#control : this.#bulk
    assert(dialled !== null, 'a link that is up has both lanes')
    dialled.lane.write(frame, rank)
    return true
  }

  /** For good. With `flush` what waits on the control lane leaves first. */
  close(flush: boolean): void {
    if (this.#closed) return
    this.#closed = true
    this.#cancelDial()
    const [control, bulk] = [this.#control, this.#bulk]
    this.#control = this.#bulk = null
    bulk?.lane.close('closed')
    if (flush && this.#up) control?.lane.finish()
    else control?.lane.close('closed')
    this.#up = false
  }

  welcomed(): void {
    if (this.#control?.welcomed !== true || this.#bulk?.welcomed !== true) return
    this.#up = true
    this.#brokenUntold = false
    this.#backoffMs = 0
    this.#lastTrouble = ''
    this.#context.lane.counters.linksDialled += 1
    this.#context.logger.info({ peer: this.peer.serverId }, 'link up')
    this.#owner.up(this.peer.serverId)
  }

  drained(): void {
    if (this.#up) this.#owner.drained(this.peer.serverId)
  }

  ended(lane: DialledLane, end: DialEnd): void {
    if (lane !== this.#control && lane !== this.#bulk) return
    const other = lane === this.#control ? this.#bulk : this.#control
    const wasUp = this.#up
    this.#up = false
    this.#control = this.#bulk = null
    other?.lane.close('closed')
    if (wasUp) this.#broke(end)
    else this.#failed(end)
  }

  #broke({ reason, error }: DialEnd): void {
    const { serverId } = this.peer
    this.#context.logger.warn({ peer: serverId, reason, error: error?.message }, 'link down')
    this.#brokenUntold = true
    this.#cancelDial = this.#context.lane.clock.after(0, () => this.#dial())
    this.#owner.down(serverId, reason)
  }

  #failed(end: DialEnd): void {
    this.#logTrouble(end)
    const { random, timing } = this.#context
    // From 20 ms, then up to three times the wait before: servers that lost the same peer do not come back in step.
    const upper = Math.max(MIN_BACKOFF_MS, this.#backoffMs) * 3
    this.#backoffMs = Math.min(timing.maxBackoffMs, MIN_BACKOFF_MS + random.next() * (upper - MIN_BACKOFF_MS))
    const waitMs =
      end.refusal === null || end.refusal.reason === 'superseded' ? this.#backoffMs : Math.max(REFUSED_BACKOFF_MS, this.#backoffMs)
    this.#cancelDial = this.#context.lane.clock.after(waitMs, () => this.#dial())
    if (!this.#brokenUntold || !end.connectionRefused) return
    this.#brokenUntold = false
    this.#owner.refused(this.peer.serverId)
  }

  /** Once for each kind of trouble, not at each attempt. */
  #logTrouble({ reason, connectionRefused, refusal, error }: DialEnd): void {
    const trouble = refusal === null ? `${reason} ${connectionRefused}` : `${refusal.by} ${refusal.reason}`
    if (trouble === this.#lastTrouble) return
    this.#lastTrouble = trouble
    const { serverId, host, port } = this.peer
    const fields = { peer: serverId, address: `${host}:${port}` }
    const { logger } = this.#context
    if (refusal === null) logger.info({ ...fields, reason, error: error?.message }, 'no link yet')
    else if (refusal.by === 'acceptor')
      logger.error({ ...fields, reason: refusal.reason, text: refusal.text }, 'the peer refuses this server')
    else logger.error({ ...fields, reason: refusal.reason, text: refusal.text }, 'not the server that was expected there')
    if (refusal !== null) this.#owner.turnedAway(serverId, refusal.reason, refusal.text)
  }

  #dial(): void {
    if (this.#closed || this.#control !== null) return
    this.#cancelDial = () => {}
    const number = this.#nextNumber()
    this.#control = new DialledLane('control', number, this.peer, this.#context, this)
    this.#bulk = new DialledLane('bulk', number, this.peer, this.#context, this)
  }
}
