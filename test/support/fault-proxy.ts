// test support: a TCP proxy in front of a server that understands frames, so that a test can break the connection at an exact message.

import { once } from 'node:events'
import type { AddressInfo, Socket } from 'node:net'
import { connect as connectSocket, createServer } from 'node:net'

/** Op codes that tests name. */
export const Op = {
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  getChildren: 8,
  sync: 9,
  getChildren2: 12,
  multi: 14,
  create2: 15,
  createContainer: 19,
  multiRead: 22,
} as const

/** A rule looks at each request (not the handshake, no pings) and says what happens to it. */
type Rule = (op: number, count: number) => 'forward' | 'loseReply' | 'loseRequest' | 'pause'

/** Looks at a reply to an op, a whole frame with its length field, and says what the client gets in its place. */
export type Reshape = (reply: Buffer, op: number) => Buffer

/**
 * One client connection and its partner. Frames of the client are taken apart; the server's bytes too, to find the reply that must be lost.
 */
interface Pair {
  readonly client: Socket
  readonly server: Socket
  readonly fromClient: Frames
  readonly fromServer: Frames
  /** The xid whose reply is swallowed and followed by a cut, -1,000 for none. */
  fatalXid: number
  /** Ops that are not answered yet, by xid; kept only for `reshape`. */
  readonly ops: Map<number, number>
  handshaken: boolean
}

/** Takes a stream apart into frames `length:int32 bytes`. */
class Frames {
  #rest: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    const frames: Buffer[] = []
    while (this.#rest.length >= 4) {
      const end = 4 + this.#rest.readInt32BE(0)
      if (this.#rest.length < end) break
      frames.push(this.#rest.subarray(0, end))
      this.#rest = this.#rest.subarray(end)
    }
    return frames
  }
}

const NO_XID = -1_000

/**
 * Breaks things between a client and a server:
 * - `cut()`: all connections are reset now;
 * - `pause()` and `resume()`: bytes stop flowing in both directions, sockets stay open; nothing is lost;
 * - `pauseAt(op)`: the next request of that op is the last one that arrives, and is not answered, until `resume()`;
 * - `refuse()` and `accept()`: new connections are reset at once;
 * - `dropReplies()`: requests arrive, nothing comes back, until the next connection;
 * - `loseReply(op)`: the next request of that op is applied by the server, its reply is swallowed, then the connection is cut;
 * - `loseRequest(op)`: the next request of that op never arrives, the connection is cut;
 * - `reshape`: every reply to a request passes through it;
 * - `cutAfterRequests(n)`: the n-th request from now is applied, its reply is swallowed, then the connection is cut.
 */
export class FaultProxy implements AsyncDisposable {
  readonly port: number
  reshape: Reshape | null = null
  readonly #server: ReturnType<typeof createServer>
  readonly #target: { host: string; port: number }
  readonly #pairs: Set<Pair> = new Set()
  #rule: Rule | null = null
  #count = 0
  #accepted = 0
  #paused = false
  #refusing = false
  #dropping = false

  private constructor(server: ReturnType<typeof createServer>, target: { host: string; port: number }) {
    this.#server = server
    this.#target = target
    this.port = (server.address() as AddressInfo).port
    server.on('connection', (client) => this.#accept(client))
  }

  /** Listens on a free port of the loopback. */
  static async start(target: { host: string; port: number }): Promise<FaultProxy> {
    const server = createServer()
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return new FaultProxy(server, target)
  }

  /** What a client connects to. */
  get address(): string {
    return `127.0.0.1:${this.port}`
  }

  /** Open client connections. */
  get connections(): number {
    return this.#pairs.size
  }

  /** Connections accepted so far, without those that were refused. */
  get accepted(): number {
    return this.#accepted
  }

  /** Requests seen, without handshakes and pings. */
  get requests(): number {
    return this.#count
  }

  cut(): void {
    for (const pair of [...this.#pairs]) this.#end(pair)
  }

  pause(): void {
    this.#paused = true
    for (const { client, server } of this.#pairs) {
      client.pause()
      server.pause()
    }
  }

  resume(): void {
    this.#paused = false
    for (const { client, server } of this.#pairs) {
      client.resume()
      server.resume()
    }
  }

  refuse(): void {
    this.#refusing = true
    this.cut()
  }

  accept(): void {
    this.#refusing = false
  }

  dropReplies(): void {
    this.#dropping = true
  }

  loseReply(op: number): void {
    this.#rule = (seen) => (seen === op ? 'loseReply' : 'forward')
  }

  loseRequest(op: number): void {
    this.#rule = (seen) => (seen === op ? 'loseRequest' : 'forward')
  }

  cutAfterRequests(n: number): void {
    const target = this.#count + n
    this.#rule = (_op, count) => (count === target ? 'loseReply' : 'forward')
  }

  cutBeforeRequest(n: number): void {
    const target = this.#count + n
    this.#rule = (_op, count) => (count === target ? 'loseRequest' : 'forward')
  }

  pauseAt(op: number): void {
    this.#rule = (seen) => (seen === op ? 'pause' : 'forward')
  }

  /** Whether the fault that was asked for has not happened yet. */
  get armed(): boolean {
    return this.#rule !== null
  }

  disarm(): void {
    this.#rule = null
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #accept(client: Socket): void {
    client.on('error', () => {})
    if (this.#refusing) {
      client.resetAndDestroy()
      return
    }
    this.#dropping = false
    this.#accepted++
    const server = connectSocket(this.#target)
    server.on('error', () => {})
    client.setNoDelay(true)
    server.setNoDelay(true)
    const pair: Pair = {
      client,
      server,
      fromClient: new Frames(),
      fromServer: new Frames(),
      fatalXid: NO_XID,
      ops: new Map(),
      handshaken: false,
    }
    this.#pairs.add(pair)
    client.on('data', (chunk) => this.#fromClient(pair, chunk))
    server.on('data', (chunk) => this.#fromServer(pair, chunk))
    client.on('close', () => this.#end(pair))
    server.on('close', () => this.#end(pair))
    if (this.#paused) this.pause()
  }

  #end(pair: Pair): void {
    if (!this.#pairs.delete(pair)) return
    pair.client.resetAndDestroy()
    // The server must see every byte that was forwarded: an orderly end, not a reset.
    pair.server.end()
    pair.server.destroySoon()
  }

  #fromClient(pair: Pair, chunk: Buffer): void {
    for (const frame of pair.fromClient.push(chunk)) {
      if (!this.#pairs.has(pair) || pair.fatalXid !== NO_XID) return
      if (pair.handshaken) this.#request(pair, frame)
      else pair.server.write(frame)
      pair.handshaken = true
    }
  }

  #request(pair: Pair, frame: Buffer): void {
    const xid = frame.readInt32BE(4)
    if (this.reshape !== null) pair.ops.set(xid, frame.readInt32BE(8))
    const verdict = xid < 0 || this.#rule === null ? 'forward' : this.#rule(frame.readInt32BE(8), this.#count + 1)
    if (xid >= 0) this.#count++
    if (verdict === 'forward') {
      pair.server.write(frame)
      return
    }
    this.#rule = null
    if (verdict === 'pause') {
      pair.server.write(frame)
      this.pause()
      return
    }
    if (verdict === 'loseRequest') {
      this.#end(pair)
      return
    }
    pair.fatalXid = xid
    pair.server.write(frame)
  }

  #fromServer(pair: Pair, chunk: Buffer): void {
    for (const frame of pair.fromServer.push(chunk)) {
      if (!this.#pairs.has(pair)) return
      if (pair.fatalXid !== NO_XID && frame.readInt32BE(4) === pair.fatalXid) {
        this.#end(pair)
        return
      }
      if (!this.#dropping) pair.client.write(this.#reshaped(pair, frame))
    }
  }

  #reshaped(pair: Pair, frame: Buffer): Buffer {
    if (this.reshape === null) return frame
    const xid = frame.readInt32BE(4)
    const op = pair.ops.get(xid)
    pair.ops.delete(xid)
    return op === undefined ? frame : this.reshape(frame, op)
  }
}
