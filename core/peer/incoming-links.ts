// peer: the links that other servers dialled to this one. Only the newest of each server counts.
//
//   connection n: greeting -> hello --judged--> placed --------------------------> welcome ... messages
//                                                 |
//                  newer than what stands: the former is fenced first: closed, what it sent and was not delivered never will be
//                  older (accepted before it, or a lower link number of the same process): refused as superseded
//
// "Newer" between two lives of a server is the order in which their connections were accepted here: a process that answered a greeting was alive after
// that, and whoever runs now was started later. Within one life the dialler numbers its links. The two lanes of a link have the same number; no message is
// taken before both stand.

import type { Socket } from 'node:net'
import { AcceptedLane, type Certified } from './accepted-lane.ts'
import { BadBytes } from './bad-bytes.ts'
import type { ReceivedFrame } from './frame.ts'
import { judgeClaim, type PeerAddress, type PeerClaim, type PeerIdentity, type RefusalReason } from './identity.ts'
import type { LinkContext } from './link-context.ts'
import type { CloseReason } from './peer-counters.ts'
import type { LaneName } from './peer-messages.ts'
import { certificateNames } from './security.ts'

export interface IncomingLinksOwner {
  known(serverId: number): PeerAddress | undefined
  /** A new link stands, and nothing of a former one will be delivered. */
  accepted(identity: PeerIdentity): void
  lost(peer: number, reason: CloseReason): void
  /** Throws BadBytes for what is no message. */
  frame(peer: number, frame: ReceivedFrame): void
}

/** The newest link of one server; it stays on record when it is over, so that nothing older comes after it. */
interface IncomingLink {
  readonly identity: PeerIdentity
  readonly number: number
  /** The newest of its connections in the order of acceptance. */
  sequence: number
  readonly lanes: Record<LaneName, AcceptedLane | null>
  standing: boolean
  over: boolean
}

export class IncomingLinks {
  readonly #context: LinkContext
  readonly #owner: IncomingLinksOwner
  readonly #maxHandshakes: number
  readonly #handshakes = new Set<AcceptedLane>()
  readonly #links = new Map<number, IncomingLink>()
  readonly #paused = new Set<number>()
  #sequence = 0

  constructor(context: LinkContext, maxHandshakes: number, owner: IncomingLinksOwner) {
    this.#context = context
    this.#maxHandshakes = maxHandshakes
    this.#owner = owner
  }

  /** Whether one more connection may begin its handshake, `others` being in one already elsewhere. */
  hasRoom(others: number): boolean {
    return this.#handshakes.size + others < this.#maxHandshakes
  }

  accept(socket: Socket, certified: Certified | null): void {
    this.#sequence += 1
    const lane: AcceptedLane = new AcceptedLane(socket, this.#sequence, certified, this.#context, {
      judge: (claim) => this.#judge(claim, lane),
      placed: (claim) => this.#place(claim, lane),
      frame: (frame) => this.#frame(lane, frame),
      ended: (reason) => this.#ended(lane, reason),
    })
    this.#handshakes.add(lane)
  }

  isStanding(peer: number): boolean {
    return this.#links.get(peer)?.standing === true
  }

  /** Stops reading the bulk lane of a peer, this one and later ones, until `resume`. Control goes on. */
  pause(peer: number): void {
    this.#paused.add(peer)
    this.#links.get(peer)?.lanes.bulk?.lane.pause()
  }

  resume(peer: number): void {
    if (this.#paused.delete(peer)) this.#links.get(peer)?.lanes.bulk?.lane.resume()
  }

  /** Closes what came from a peer because of what it said. */
  reject(peer: number, problem: string): void {
    const link = this.#links.get(peer)
    const lane = link?.lanes.control ?? link?.lanes.bulk
    lane?.lane.close('badBytes', new BadBytes(problem))
  }

  /** The server does not belong any more; nobody is told. */
  forget(peer: number): void {
    const link = this.#links.get(peer)
    this.#links.delete(peer)
    this.#paused.delete(peer)
    if (link === undefined) return
    link.standing = false
    this.#finish(link, 'closed')
  }

  close(): void {
    for (const lane of this.#handshakes) lane.lane.close('closed')
    for (const peer of [...this.#links.keys()]) this.forget(peer)
  }

  #judge(claim: PeerClaim, lane: AcceptedLane): RefusalReason | null {
    const known = this.#owner.known(claim.identity.serverId)
    const reason = judgeClaim(claim, this.#context.self(), known)
    if (reason !== null || known === undefined) return reason
    if (lane.certified !== null && !certificateNames(lane.certified.getPeerCertificate(), known)) return 'certificate'
    return this.#isSuperseded(claim, lane.sequence) ? 'superseded' : null
  }

  #isSuperseded({ identity, lane, linkNumber }: PeerClaim, sequence: number): boolean {
    const link = this.#links.get(identity.serverId)
    if (link === undefined) return false
    if (link.identity.bootNonce !== identity.bootNonce) return sequence < link.sequence
    if (linkNumber !== link.number) return linkNumber < link.number
    return link.over || link.lanes[lane] !== null
  }

  #place({ identity, lane: name, linkNumber }: PeerClaim, lane: AcceptedLane): void {
    this.#handshakes.delete(lane)
    let link = this.#links.get(identity.serverId)
    if (link === undefined || link.identity.bootNonce !== identity.bootNonce || link.number !== linkNumber) {
      if (link !== undefined) this.#fence(link, identity)
      link = { identity, number: linkNumber, sequence: lane.sequence, lanes: { control: null, bulk: null }, standing: false, over: false }
      this.#links.set(identity.serverId, link)
    }
    link.sequence = Math.max(link.sequence, lane.sequence)
    link.lanes[name] = lane
    if (name === 'bulk' && this.#paused.has(identity.serverId)) lane.lane.pause()
    const { control, bulk } = link.lanes
    if (control === null || bulk === null) return
    link.standing = true
    control.stands()
    bulk.stands()
    this.#context.lane.counters.linksAccepted += 1
    this.#owner.accepted(identity)
  }

  #fence(former: IncomingLink, by: PeerIdentity): void {
    const { serverId, bootNonce } = former.identity
    if (!former.over)
      this.#context.logger.info({ peer: serverId, restarted: bootNonce !== by.bootNonce }, 'a newer link takes the place of one')
    this.#finish(former, 'fenced')
  }

  #finish(link: IncomingLink, reason: CloseReason): void {
    if (link.over) return
    link.over = true
    const { standing, lanes, identity } = link
    link.standing = false
    // The lane that began it is closed already, and counted.
    const each = reason === 'fenced' ? 'fenced' : 'closed'
    lanes.control?.lane.close(each)
    lanes.bulk?.lane.close(each)
    lanes.control = lanes.bulk = null
    if (standing) this.#owner.lost(identity.serverId, reason)
  }

  #frame(lane: AcceptedLane, frame: ReceivedFrame): void {
    const link = this.#linkOf(lane)
    if (link?.standing !== true) throw new BadBytes('a message before both lanes stood')
    this.#owner.frame(link.identity.serverId, frame)
  }

  #ended(lane: AcceptedLane, reason: CloseReason): void {
    this.#handshakes.delete(lane)
    const link = this.#linkOf(lane)
    if (link !== null) this.#finish(link, reason)
  }

  #linkOf(lane: AcceptedLane): IncomingLink | null {
    const link = lane.claim === null ? undefined : this.#links.get(lane.claim.identity.serverId)
    return link !== undefined && (link.lanes.control === lane || link.lanes.bulk === lane) ? link : null
  }
}
