// peer: the port that other servers dial: TCP or mutual TLS, and how many may shake hands at once.

import { createServer, type Server as NetServer, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import type { IncomingLinks } from './incoming-links.ts'
import type { LinkContext } from './link-context.ts'

export class PeerListener {
  readonly #context: LinkContext
  readonly #links: IncomingLinks
  readonly #server: NetServer
  /** Sockets in a TLS handshake. */
  readonly #securing = new Set<Socket>()

  constructor(context: LinkContext, links: IncomingLinks) {
    this.#context = context
    this.#links = links
    this.#server = context.security.kind === 'tls' ? this.#tlsServer(context) : createServer({ noDelay: true, keepAlive: true })
    this.#server.on('connection', (socket) => this.#connected(socket))
  }

  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ host, port, backlog: 128 }, () => {
        this.#server.off('error', reject)
        this.#server.on('error', (error) => this.#context.logger.error({ error: error.message }, 'peer listener failed'))
        const address = this.#server.address()
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })
  }

  /** Resolves when every connection that was accepted is closed too. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      for (const socket of this.#securing) socket.destroy()
      if (this.#server.listening) this.#server.close(() => resolve())
      else resolve()
    })
  }

  #tlsServer({ security, timing }: LinkContext): NetServer {
    if (security.kind !== 'tls') throw new TypeError('no TLS')
    const server = createTlsServer({
      key: security.key,
      cert: security.cert,
      ca: [security.ca].flat(),
      minVersion: 'TLSv1.3',
      requestCert: true,
      rejectUnauthorized: true,
      handshakeTimeout: timing.handshakeMs,
      noDelay: true,
      keepAlive: true,
    })
    server.on('secureConnection', (socket: TLSSocket) => {
      this.#links.accept(socket, socket)
    })
    server.on('tlsClientError', (error, socket) => {
      const { logger, lane } = this.#context
      lane.counters.ended.badBytes += 1
      logger.warn({ address: socket.remoteAddress, problem: error.message }, 'no TLS handshake on the peer port')
      socket.destroy()
    })
    return server
  }

  #connected(socket: Socket): void {
    const isTls = this.#context.security.kind === 'tls'
    if (!this.#links.hasRoom(this.#securing.size)) {
      this.#context.lane.counters.handshakesDropped += 1
      socket.destroy()
      return
    }
    if (!isTls) {
      this.#links.accept(socket, null)
      return
    }
    this.#securing.add(socket)
    socket.once('close', () => this.#securing.delete(socket))
  }
}
