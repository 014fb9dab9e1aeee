// peer: the links of one server to all others, over TCP: dials every peer, accepts from every peer. See docs/internals/peer-links.md.

import { randomBytes } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { ZoariumError } from '../errors.ts'
import type { Logger } from '../support/logger.ts'
import { SILENT_LOGGER } from '../support/logger.ts'
import type { Random } from '../support/random.ts'
import type { ReceivedFrame } from './frame.ts'
import { VERSIONS, type VersionRange } from './handshake-codec.ts'
import type { PeerAddress, PeerIdentity } from './identity.ts'
import { IncomingLinks } from './incoming-links.ts'
import { DEFAULT_LINK_TIMING, type LinkContext, type LinkTiming } from './link-context.ts'
import { decodeMessage } from './message-decoder.ts'
import { AppendBodies, encodeMessage } from './message-encoder.ts'
import { OutgoingLink } from './outgoing-link.ts'
import { type PeerClock, REAL_PEER_CLOCK } from './peer-clock.ts'
import { PeerCounters } from './peer-counters.ts'
import { PeerListener } from './peer-listener.ts'
import { laneOf, type PeerMessage } from './peer-messages.ts'
import type { PeerTransport, PeerTransportListener } from './peer-transport.ts'
import { checkPeerSecurity, checkSecurity, type PeerSecurity } from './security.ts'

export interface PeerLinksOptions {
  readonly self: PeerIdentity
  readonly security: PeerSecurity
  /** Draws waits; seeded differently on every server. */
  readonly random: Random
  readonly logger?: Logger
  readonly clock?: PeerClock
  readonly timing?: Partial<LinkTiming>
  /** Largest frame taken and sent; equal on all servers. Bytes, default 64 MiB. */
  readonly maxFrameBytes?: number
  /** A lane on which more waits is broken. Bytes, default 128 MiB. */
  readonly maxBufferedBytes?: number
  /** Connections that may shake hands at once; more are dropped. Default 32. */
  readonly maxHandshakes?: number
  /** What versions of the protocol to speak; for tests. */
  readonly versions?: VersionRange
}

const MIB = 1024 * 1024

export class PeerLinks implements PeerTransport, AsyncDisposable {
  readonly counters: PeerCounters = new PeerCounters()
  readonly #context: LinkContext
  readonly #listener: PeerTransportListener
  readonly #incoming: IncomingLinks
  readonly #port: PeerListener
  readonly #outgoing = new Map<number, OutgoingLink>()
  readonly #bodies = new AppendBodies()
  readonly #closingSockets = new Set<Promise<void>>()
  #self: PeerIdentity
  #linkNumber = 0
  #closing: Promise<void> | null = null

  /** Throws ERR_CONFIG for an identity, a secret, keys or certificates that cannot be used. Nothing is opened yet. */
  constructor(options: PeerLinksOptions, listener: PeerTransportListener) {
    const { self, security, random, logger = SILENT_LOGGER, clock = REAL_PEER_CLOCK, versions = VERSIONS } = options
    checkIdentity(self)
    checkKeys(security)
    this.#self = self
    this.#listener = listener
    const timing = { ...DEFAULT_LINK_TIMING, ...options.timing }
    this.#context = {
      self: () => this.#self,
      security,
      versions,
      timing,
      lane: {
        maxFrameBytes: options.maxFrameBytes ?? 64 * MIB,
        maxBufferedBytes: options.maxBufferedBytes ?? 128 * MIB,
        pulseMs: timing.pulseMs,
        clock,
        counters: this.counters,
      },
      random,
      logger,
      entropy: randomBytes,
      opened: (closed) => {
        this.#closingSockets.add(closed)
        closed.finally(() => this.#closingSockets.delete(closed))
      },
    }
    this.#incoming = new IncomingLinks(this.#context, options.maxHandshakes ?? 32, {
      known: (serverId) => this.#outgoing.get(serverId)?.peer,
      accepted: (identity) => this.#accepted(identity),
      lost: (peer, reason) => this.#listener.lost(peer, reason),
      frame: (peer, frame) => this.#received(peer, frame),
    })
    this.#port = new PeerListener(this.#context, this.#incoming)
  }

  /** Takes links of others. Resolves with the port; rejects with the system's error, or with ERR_CONFIG if security does not suffice for `host`. */
  async listen(host: string, port: number): Promise<number> {
    const { security, logger } = this.#context
    checkSecurity(security, host)
    const bound = await this.#port.listen(host, port)
    if (security.kind === 'plain' && security.allowRemote === true) {
      logger.warn({ host, port: bound }, 'the peer port is open: no TLS, no ensemble secret; whoever reaches it can take part')
    }
    logger.info({ host, port: bound, security: security.kind }, 'listening for peers')
    return bound
  }

  /**
   * Who the other servers are: new ones are dialled, others forgotten and their links closed without a word to the listener; a changed address is dialled anew.
   * Throws ERR_CONFIG if security does not suffice, and changes nothing then.
   */
  setPeers(peers: readonly PeerAddress[]): void {
    if (this.#closing !== null) return
    for (const peer of peers) {
      checkAddress(peer, this.#self)
      checkPeerSecurity(this.#context.security, peer)
    }
    const wanted = new Map(peers.map((peer) => [peer.serverId, peer]))
    for (const [id, link] of this.#outgoing) {
      const peer = wanted.get(id)
      if (peer !== undefined && sameAddress(peer, link.peer)) continue
      link.close(false)
      this.#outgoing.delete(id)
      if (peer === undefined || (peer.incarnation !== '' && peer.incarnation !== link.peer.incarnation)) this.#incoming.forget(id)
    }
    for (const peer of peers) {
      if (this.#outgoing.has(peer.serverId)) continue
      const link = new OutgoingLink(peer, this.#context, () => ++this.#linkNumber, this.#listener)
      this.#outgoing.set(peer.serverId, link)
      link.start()
    }
  }

  /** The ensemble was formed: from now on only servers of it, and such that belong to none. */
  set clusterId(clusterId: string) {
    const self = { ...this.#self, clusterId }
    checkIdentity(self)
    this.#self = self
  }

  send(message: PeerMessage): boolean {
    const link = this.#outgoing.get(message.to)
    if (link?.isUp !== true) {
      this.counters.messagesDropped += 1
      return false
    }
    const frame = encodeMessage(message, this.#bodies)
    const { maxFrameBytes } = this.#context.lane
    if (frame.bytes > maxFrameBytes) {
      throw new ZoariumError('ERR_TOO_LARGE', `peer message ${message.type}: ${frame.bytes} bytes, expected at most ${maxFrameBytes}`)
    }
    this.counters.messagesSent += 1
    return link.send(frame, laneOf(message), message.type === 'snapshotChunk' ? 'last' : 'urgent')
  }

  isUp(peer: number): boolean {
    return this.#outgoing.get(peer)?.isUp === true
  }

  bufferedBytes(peer: number): number {
    return this.#outgoing.get(peer)?.bufferedBytes ?? 0
  }

  pause(peer: number): void {
    this.#incoming.pause(peer)
  }

  resume(peer: number): void {
    this.#incoming.resume(peer)
  }

  reject(peer: number, problem: string): void {
    this.#incoming.reject(peer, problem)
  }

  /** Ends every link, what waits on control lanes leaving first, and the port. Resolves when no socket and no timer is left. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    for (const link of this.#outgoing.values()) link.close(true)
    this.#outgoing.clear()
    this.#bodies.clear()
    this.#incoming.close()
    await this.#port.close()
    await Promise.all(this.#closingSockets)
  }

  #accepted(identity: PeerIdentity): void {
    this.#listener.accepted(identity)
    // It lives: no need to wait for the next attempt.
    this.#outgoing.get(identity.serverId)?.hurry()
  }

  #received(peer: number, frame: ReceivedFrame): void {
    const message = decodeMessage(frame, { from: peer, to: this.#self.serverId })
    this.counters.messagesReceived += 1
    this.#listener.message(message)
  }
}

function checkIdentity({ serverId, incarnation, bootNonce, clusterId }: PeerIdentity): void {
  if (!Number.isInteger(serverId) || serverId < 1 || serverId > 0xffffffff) throw badConfig('server id', serverId)
  if (!/^[0-9a-f]{32}$/.test(incarnation)) throw badConfig('incarnation', incarnation)
  if (!/^[0-9a-f]{32}$/.test(bootNonce)) throw badConfig('boot nonce', bootNonce)
  if (!/^[0-9a-f]{0,64}$/.test(clusterId)) throw badConfig('cluster id', clusterId)
}

function checkAddress({ serverId, host, port, incarnation }: PeerAddress, self: PeerIdentity): void {
  if (!Number.isInteger(serverId) || serverId < 1 || serverId > 0xffffffff || serverId === self.serverId)
    throw badConfig('peer id', serverId)
  if (host === '') throw badConfig(`host of server ${serverId}`, host)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw badConfig(`peer port of server ${serverId}`, port)
  if (!/^([0-9a-f]{32})?$/.test(incarnation)) throw badConfig(`incarnation of server ${serverId}`, incarnation)
}

function checkKeys(security: PeerSecurity): void {
  if (security.kind !== 'tls') return
  try {
    createSecureContext({ key: security.key, cert: security.cert, ca: [security.ca].flat() })
  } catch (error) {
    throw new ZoariumError('ERR_CONFIG', 'the key, certificate or certificate authority of the peer port cannot be used', { cause: error })
  }
}

function badConfig(what: string, value: unknown): ZoariumError {
  return new ZoariumError('ERR_CONFIG', `${what}: ${JSON.stringify(value)} cannot be used`)
}

function sameAddress(a: PeerAddress, b: PeerAddress): boolean {
  return a.host === b.host && a.port === b.port && a.incarnation === b.incarnation && a.tlsName === b.tlsName
}
