// testing: a network between clients and a server that breaks when it is told to: a TCP proxy that knows where messages begin and end.
//
//   client --frames--> [ toServer ] --> server
//   client <-- [ toClient ] <--frames-- server         a lane can be held, delayed and dripped; a pair of lanes can be cut

import { once } from 'node:events'
import { type AddressInfo, connect as connectSocket, createServer, type Server as NetServer, type Socket } from 'node:net'
import { opName } from '../wire/op-classes.ts'
import { Xid } from '../wire/op-codes.ts'
import { type Fault, type FaultPlan, type Injection, PlannedFault } from './faults.ts'
import { Frames } from './frames.ts'
import { Lane } from './lane.ts'

/** One client's connection and the one made to the server for it. */
interface Pair {
  readonly client: Socket
  readonly server: Socket
  readonly toServer: Lane
  readonly toClient: Lane
  readonly requests: Frames
  readonly replies: Frames
  handshaken: boolean
  answered: boolean
  /** What is to happen at a reply, and at which. */
  awaited: { readonly planned: PlannedFault; readonly xid: number } | null
}

/** In place of the xid of a handshake's reply, which has none. */
const HANDSHAKE = Number.NaN
const GARBAGE = 0xa5

/**
 * A network that tests can break. Connections of clients go through {@link FaultyNetwork.connectString}.
 *
 * @example
 * ```ts
 * import { connect, ZoariumError } from 'zoarium'
 * import { startTestServer } from 'zoarium/testing'
 *
 * await using server = await startTestServer()
 * await using client = await connect(server.connectString)
 * server.network.inject('cutBeforeReply', { operation: 'create2' })
 * await client.create('/a').catch((error) => console.log(ZoariumError.is(error, 'ERR_UNKNOWN_OUTCOME')))
 * ```
 */
export class FaultyNetwork implements AsyncDisposable {
  readonly port: number
  readonly #listener: NetServer
  readonly #target: { readonly host: string; readonly port: number }
  readonly #pairs = new Set<Pair>()
  readonly #planned = new Set<PlannedFault>()
  #held = false
  #refusing = false
  #delayMs = 0
  #requests = 0
  #closing: Promise<void> | null = null

  private constructor(listener: NetServer, target: { host: string; port: number }) {
    this.#listener = listener
    this.#target = target
    this.port = (listener.address() as AddressInfo).port
    listener.on('connection', (client) => this.#accept(client))
  }

  /** Puts a network in front of a server of any make; listens on a free port of 127.0.0.1. */
  static async start(target: { readonly host: string; readonly port: number }): Promise<FaultyNetwork> {
    const listener = createServer({ noDelay: true })
    listener.listen(0, '127.0.0.1')
    await once(listener, 'listening')
    return new FaultyNetwork(listener, target)
  }

  /** What a client connects to. */
  get connectString(): string {
    return `127.0.0.1:${this.port}`
  }

  /** Connections of clients that are open. */
  get connections(): number {
    return this.#pairs.size
  }

  /** Requests that clients have sent, without handshakes, pings, identities and what re-arms watches. */
  get requests(): number {
    return this.#requests
  }

  /** Has `fault` happen at a message; see {@link FaultPlan}. Several may wait at once; each happens once. */
  inject(fault: Fault, plan: FaultPlan = {}): Injection {
    const planned: PlannedFault = new PlannedFault(fault, plan, () => this.#planned.delete(planned))
    this.#planned.add(planned)
    return planned
  }

  /** Breaks every connection now. New ones can be made. */
  cut(): void {
    for (const pair of [...this.#pairs]) this.#end(pair)
  }

  /** Breaks every connection and lets none be made until {@link FaultyNetwork.accept}: the server cannot be reached. */
  refuse(): void {
    this.#refusing = true
    this.cut()
  }

  /** Ends {@link FaultyNetwork.refuse}. */
  accept(): void {
    this.#refusing = false
  }

  /** Nothing arrives any more, in neither direction; connections stay open. What is sent waits. */
  hold(): void {
    this.#held = true
    for (const pair of this.#pairs) this.#apply(pair)
  }

  /** Ends {@link FaultyNetwork.hold}, and holds that faults have begun. What waited arrives. */
  release(): void {
    this.#held = false
    for (const pair of this.#pairs) this.#apply(pair)
  }

  /** Everything arrives that much later, in each direction; 0 ends it. For connections that are open and for new ones. */
  delay(ms: number): void {
    this.#delayMs = ms
    for (const pair of this.#pairs) this.#apply(pair)
  }

  /** Cuts and refuses everything, for good. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  async #close(): Promise<void> {
    this.#planned.clear()
    this.refuse()
    this.#listener.close()
    await once(this.#listener, 'close')
  }

  #apply(pair: Pair): void {
    for (const lane of [pair.toServer, pair.toClient]) {
      lane.delayMs = this.#delayMs
      lane.held = this.#held
    }
  }

  #accept(client: Socket): void {
    client.on('error', () => undefined)
    if (this.#refusing) {
      client.resetAndDestroy()
      return
    }
    const server = connectSocket({ ...this.#target, noDelay: true })
    server.on('error', () => undefined)
    const pair: Pair = {
      client,
      server,
      toServer: new Lane(server),
      toClient: new Lane(client),
      requests: new Frames(),
      replies: new Frames(),
      handshaken: false,
      answered: false,
      awaited: null,
    }
    this.#pairs.add(pair)
    this.#apply(pair)
    client.on('data', (chunk) => {
      for (const frame of pair.requests.push(chunk)) if (this.#pairs.has(pair)) this.#request(pair, frame)
    })
    server.on('data', (chunk) => {
      for (const frame of pair.replies.push(chunk)) if (this.#pairs.has(pair)) this.#reply(pair, frame)
    })
    client.on('close', () => this.#end(pair))
    server.on('close', () => this.#end(pair))
  }

  #end(pair: Pair): void {
    if (!this.#pairs.delete(pair)) return
    pair.toClient.close()
    pair.toServer.close()
    pair.client.resetAndDestroy()
    // The server must see every byte that was forwarded: an orderly end, not a reset.
    pair.server.end()
    pair.server.destroySoon()
  }

  #request(pair: Pair, frame: Buffer): void {
    const isHandshake = !pair.handshaken
    pair.handshaken = true
    const xid = isHandshake || frame.length < 12 ? HANDSHAKE : frame.readInt32BE(4)
    const operation = isHandshake ? 'handshake' : frame.length < 12 ? '' : opName(frame.readInt32BE(8))
    if (xid >= 0) this.#requests += 1
    let met: PlannedFault | null = null
    for (const planned of this.#planned) if (planned.meets(operation)) met ??= planned
    if (met === null || pair.awaited !== null) pair.toServer.send(frame)
    else this.#atRequest(pair, frame, xid, met)
  }

  #atRequest(pair: Pair, frame: Buffer, xid: number, planned: PlannedFault): void {
    this.#planned.delete(planned)
    const begins = (): void => planned.begin()
    switch (planned.fault) {
      case 'cutBeforeRequest':
        begins()
        this.#end(pair)
        return
      case 'cutAfterRequest':
        begins()
        pair.toServer.send(frame)
        this.#end(pair)
        return
      case 'holdRequest':
        begins()
        pair.toServer.held = true
        pair.toServer.send(frame)
        return
      case 'delayRequest':
        begins()
        pair.toServer.delayOnce(planned.delayMs)
        pair.toServer.send(frame)
        return
      default:
        pair.awaited = { planned, xid }
        pair.toServer.send(frame)
    }
  }

  #reply(pair: Pair, frame: Buffer): void {
    const isHandshake = !pair.answered
    pair.answered = true
    const { awaited } = pair
    const xid = isHandshake ? HANDSHAKE : frame.length < 8 ? Xid.notification : frame.readInt32BE(4)
    if (awaited === null || !Object.is(awaited.xid, xid)) {
      pair.toClient.send(frame)
      return
    }
    pair.awaited = null
    awaited.planned.begin()
    this.#atReply(pair, frame, awaited.planned)
  }

  #atReply(pair: Pair, frame: Buffer, { fault, delayMs }: PlannedFault): void {
    const { toClient } = pair
    switch (fault) {
      case 'cutBeforeReply':
        this.#end(pair)
        return
      case 'cutAfterReply':
        toClient.sendLast(frame, () => this.#end(pair))
        return
      case 'holdReply':
        toClient.held = true
        toClient.send(frame)
        return
      case 'delayReply':
        toClient.delayOnce(delayMs)
        toClient.send(frame)
        return
      case 'garbageReply':
        toClient.send(Buffer.alloc(frame.length, GARBAGE))
        return
      case 'dripReply':
        toClient.drip(frame, delayMs)
        return
      case 'cutBeforeRequest':
      case 'cutAfterRequest':
      case 'holdRequest':
      case 'delayRequest':
        return
    }
  }
}
