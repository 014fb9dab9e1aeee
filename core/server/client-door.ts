// server: where clients come in: the plain and the secure port, the limits on connections, TLS, and the way from a socket to the replica.

import type { Socket } from 'node:net'
import { answerFourLetterWord } from '../admin/four-letter-words.ts'
import type { Connection } from '../replica/connection.ts'
import type { RefusalReason } from '../replica/counters.ts'
import type { Id } from '../wire/records.ts'
import { ClientPort, type ClientPortOwner, type PortMode } from './client-port.ts'
import type { ResolvedServerOptions } from './options.ts'
import type { ReplicaDriver } from './replica-driver.ts'
import type { ServerView } from './server-view.ts'
import { SocketLink } from './socket-link.ts'
import { TlsFront } from './tls-front.ts'

export class ClientDoor implements ClientPortOwner {
  readonly #options: ResolvedServerOptions
  readonly #driver: ReplicaDriver
  readonly #view: () => ServerView
  readonly #plainPort: ClientPort | null
  readonly #securePort: ClientPort | null
  #tls: TlsFront | null = null
  readonly #sockets = new Set<Socket>()
  /** Those that the replica does not know yet: in a handshake of TLS, or silent. */
  readonly #outside = new Set<Socket>()
  readonly #perAddress = new Map<string, number>()
  #closed = false

  constructor(options: ResolvedServerOptions, driver: ReplicaDriver, view: () => ServerView) {
    this.#options = options
    this.#driver = driver
    this.#view = view
    const plainMode: PortMode = options.portUnification ? 'both' : 'plain'
    this.#plainPort = options.port === null ? null : new ClientPort(plainMode, options.handshakeTimeoutMs, this)
    this.#securePort = options.securePort === null ? null : new ClientPort('secure', options.handshakeTimeoutMs, this)
  }

  /** The client port; the secure one if there is no other. */
  get port(): number {
    return (this.#plainPort ?? this.#securePort)?.port ?? 0
  }

  get securePort(): number | null {
    return this.#securePort?.port ?? null
  }

  /** Reads the certificates; rejects with `ERR_CONFIG`. Before {@link listen}. */
  async prepare(): Promise<void> {
    const { tls, x509SuperUser, handshakeTimeoutMs, logger } = this.#options
    if (tls === null) return
    this.#tls = await TlsFront.open({
      settings: tls,
      superUser: x509SuperUser,
      handshakeTimeoutMs,
      logger,
      secured: (socket, identities) => this.#enter(socket, identities),
      refused: (remote, detail) => this.#refuse('tls_handshake', remote, detail),
    })
  }

  /** Rejects with the system's error when a port cannot be taken. */
  async listen(): Promise<void> {
    const { host, port, secureHost, securePort } = this.#options
    if (this.#plainPort !== null && port !== null) await this.#plainPort.listen(host, port)
    if (this.#securePort !== null && securePort !== null) await this.#securePort.listen(secureHost, securePort)
  }

  /** Reads the certificates again. */
  async reload(): Promise<void> {
    await this.#tls?.reload()
  }

  /** No new connection comes in; those that are in stay. */
  stopListening(): void {
    if (this.#closed) return
    this.#closed = true
    this.#tls?.close()
    void this.#plainPort?.close()
    void this.#securePort?.close()
  }

  /** Resolves when every socket is closed; those that are not the replica's are cut. */
  async close(): Promise<void> {
    this.stopListening()
    for (const socket of this.#outside) socket.destroy()
    await Promise.all([...this.#sockets].map(closed))
  }

  // ---- sockets

  admit(socket: Socket): boolean {
    const address = plainAddress(socket.remoteAddress ?? '')
    const { maxConnections, maxConnectionsPerAddress } = this.#options
    const fromAddress = (this.#perAddress.get(address) ?? 0) + 1
    if (
      (maxConnectionsPerAddress > 0 && fromAddress > maxConnectionsPerAddress) ||
      (maxConnections > 0 && this.#sockets.size >= maxConnections)
    ) {
      const detail = `${fromAddress} from this address, ${this.#sockets.size + 1} in all`
      this.#refuse('too_many_connections', `${address}:${socket.remotePort ?? 0}`, detail)
      return false
    }
    this.#perAddress.set(address, fromAddress)
    this.#sockets.add(socket)
    this.#outside.add(socket)
    socket.once('close', () => {
      this.#sockets.delete(socket)
      this.#outside.delete(socket)
      const left = (this.#perAddress.get(address) ?? 1) - 1
      if (left === 0) this.#perAddress.delete(address)
      else this.#perAddress.set(address, left)
    })
    return true
  }

  plain(socket: Socket): void {
    this.#outside.delete(socket)
    this.#enter(socket, [])
  }

  secure(socket: Socket): void {
    if (this.#tls === null) socket.destroy()
    else this.#tls.handshake(socket)
  }

  silent(socket: Socket): void {
    this.#refuse('handshake_timeout', `${socket.remoteAddress ?? 'gone'}:${socket.remotePort ?? 0}`, 'not a byte came')
  }

  failed(error: Error): void {
    this.#options.logger.error({ error: error.message }, 'listener failed')
  }

  #refuse(reason: RefusalReason, remote: string, detail: string): void {
    this.#driver.begin()
    this.#driver.replica.noteRefusal(reason, remote, detail)
  }

  #enter(socket: Socket, identities: readonly Id[]): void {
    const driver = this.#driver
    const { replica } = driver
    const address = plainAddress(socket.remoteAddress ?? '')
    const { fourLetterWords } = this.#options
    const link = new SocketLink(
      socket,
      (link, word) => link.answer(answerFourLetterWord(word, this.#view(), fourLetterWords)),
      () => {
        driver.begin()
        replica.drained(connection)
        driver.end()
      },
    )
    driver.begin()
    const connection = replica.open(link, address, `${address}:${socket.remotePort ?? 0}`, identities)
    this.#connect(socket, connection)
  }

  #connect(socket: Socket, connection: Connection): void {
    const driver = this.#driver
    const { replica } = driver
    socket.on('data', (chunk: Buffer) => {
      driver.received(connection, chunk)
    })
    const gone = (): void => {
      driver.begin()
      replica.closed(connection)
      driver.end()
    }
    // A client that ends its side has nothing more to ask; resets are the client's business and counted as nothing.
    socket.on('end', gone)
    socket.on('error', gone)
    socket.once('close', gone)
  }
}

function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve()
    else socket.once('close', () => resolve())
  })
}

/** IPv4 addresses on a dual-stack socket arrive as ::ffff:a.b.c.d. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address
}
