// server: the TLS side of a client port: takes a raw socket, does the handshake, tells who the client is, and reads certificates again
// when their files change.
//
//   raw socket --handshake--> certificate wanted? --no--------------------------------> secured(socket, [])
//                  \ fails         \--shown and trusted: x509:<subject> (and super) --> secured(socket, ids)
//                   \               \--none shown: `want` lets in without, `need` refuses
//                    refused         \--not trusted: refused

import { constants } from 'node:crypto'
import type { Socket } from 'node:net'
import { createServer, type SecureContextOptions, type Server, type TLSSocket } from 'node:tls'
import type { Logger } from '../support/logger.ts'
import type { Id } from '../wire/records.ts'
import { subjectName } from './subject-name.ts'
import { readTlsFiles, type TlsSettings, tlsFilesVersion } from './tls-files.ts'

/** How often the files are looked at. */
const LOOK_MS = 10_000

export interface TlsFrontOptions {
  readonly settings: TlsSettings
  /** Subject that is the super user, too. */
  readonly superUser: string | null
  readonly handshakeTimeoutMs: number
  readonly logger: Logger
  /** The handshake is done and the client may come in, with these identities. */
  readonly secured: (socket: TLSSocket, identities: readonly Id[]) => void
  /** It may not; its socket is closed. */
  readonly refused: (remote: string, detail: string) => void
}

export class TlsFront {
  readonly #options: TlsFrontOptions
  /** Never listens: sockets are handed to it. */
  readonly #server: Server
  readonly #timer: NodeJS.Timeout
  #version: string
  #reloading: Promise<void> | null = null

  private constructor(options: TlsFrontOptions, context: SecureContextOptions, version: string) {
    const { settings, handshakeTimeoutMs } = options
    this.#options = options
    this.#version = version
    this.#server = createServer({
      ...context,
      requestCert: settings.clientAuth !== 'none',
      // Decided in #admit, so that the reason is known.
      rejectUnauthorized: false,
      handshakeTimeout: handshakeTimeoutMs,
      // Every handshake is a whole one: a resumed one would not look at the certificate again.
      secureOptions: constants.SSL_OP_NO_TICKET,
    })
    this.#server.on('secureConnection', (socket) => this.#admit(socket))
    this.#server.on('tlsClientError', (error, socket) => {
      options.refused(remoteOf(socket), error.message)
      socket.destroy()
    })
    this.#timer = setInterval(() => void this.#look(), LOOK_MS)
    this.#timer.unref()
  }

  /** Reads the files; rejects with `ERR_CONFIG`. */
  static async open(options: TlsFrontOptions): Promise<TlsFront> {
    // What is wrong with the files is told by reading them.
    const version = await tlsFilesVersion(options.settings).catch(() => '')
    return new TlsFront(options, await readTlsFiles(options.settings), version)
  }

  /** Takes a socket whose first bytes are still to be read. */
  handshake(socket: Socket): void {
    this.#server.emit('connection', socket)
  }

  /** Reads the files again, for handshakes from now on. On failure the former ones stay in force, the log says why, and this rejects. */
  reload(): Promise<void> {
    this.#reloading ??= this.#reload().finally(() => (this.#reloading = null))
    return this.#reloading
  }

  close(): void {
    clearInterval(this.#timer)
  }

  async #reload(): Promise<void> {
    const { settings, logger } = this.#options
    const { certFile } = settings
    try {
      this.#version = await tlsFilesVersion(settings)
      const context = await readTlsFiles(settings)
      this.#server.setSecureContext({ ...context, secureOptions: constants.SSL_OP_NO_TICKET })
      logger.info({ certFile }, 'certificates read again')
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      logger.error({ certFile, error: text }, 'certificates could not be read again; the former ones stay in force')
      throw error
    }
  }

  async #look(): Promise<void> {
    let version: string
    try {
      version = await tlsFilesVersion(this.#options.settings)
    } catch {
      // In the middle of being replaced; the next look finds it, and whoever starts a server without files is told.
      return
    }
    if (version === this.#version) return
    // Logged there.
    await this.reload().catch(() => {})
  }

  #admit(socket: TLSSocket): void {
    const { settings, superUser, secured } = this.#options
    if (settings.clientAuth === 'none') {
      secured(socket, [])
      return
    }
    const certificate = socket.getPeerX509Certificate()
    if (certificate === undefined) {
      if (settings.clientAuth === 'want') secured(socket, [])
      else this.#refuse(socket, 'the client showed no certificate')
      return
    }
    if (!socket.authorized) {
      this.#refuse(socket, `the client's certificate is not trusted: ${String(socket.authorizationError)}`)
      return
    }
    let subject: string
    try {
      subject = subjectName(certificate.raw)
    } catch (error) {
      this.#refuse(socket, `the subject of the client's certificate cannot be read: ${String(error)}`)
      return
    }
    const own: Id = { scheme: 'x509', id: subject }
    secured(socket, subject === superUser ? [own, { scheme: 'super', id: subject }] : [own])
  }

  #refuse(socket: TLSSocket, detail: string): void {
    this.#options.refused(remoteOf(socket), detail)
    socket.destroy()
  }
}

function remoteOf(socket: Socket): string {
  return `${socket.remoteAddress ?? 'gone'}:${socket.remotePort ?? 0}`
}
