// admin: listens for HTTP, on the loopback address unless told otherwise, for operators and tools. docs/decisions/0013-admin-http.md says why so.
//
//   start: token, listen, admin.json          first request: the application is loaded          close: admin.json removed, connections cut
//
// A server that waits for its ensemble has nothing to show yet: /livez and /readyz answer, everything else says why not.

import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { ServerView } from '../server/server-view.ts'
import type { Logger } from '../support/logger.ts'
import { VERSION } from '../support/version.ts'
import { type AdminEndpoint, removeAdminFile, writeAdminFile } from './admin-file.ts'
import { livez, readyz } from './health.ts'
import { closed, hostsOf, isLoopback, listen, urlOf } from './listen.ts'

const TOKEN_BYTES = 32

export interface AdminOptions {
  /** `null`: there is no server to look at yet. */
  readonly view: ServerView | null
  /** Why not. */
  readonly starting?: () => string
  /** Default: 127.0.0.1. */
  readonly host?: string
  /** 0 takes a free one. */
  readonly port: number
  /** Default: one of its own. */
  readonly token?: string | null
  /** Where ZooKeeper's commands are. Default: /commands. */
  readonly commandPath?: string
  /** Where admin.json goes; `null`: nowhere. */
  readonly dataDir: string | null
  readonly logger: Logger
}

/** A running admin HTTP. */
export interface AdminServer extends AdminEndpoint {
  /** From now on there is a server to look at. */
  show(view: ServerView): void
  close(): Promise<void>
}

/** Listens, then tells where in admin.json. Rejects with the system's error when it cannot. */
export async function startAdmin(options: AdminOptions): Promise<AdminServer> {
  const { starting = () => 'the server is starting', host = '127.0.0.1', commandPath = '/commands', dataDir, logger } = options
  const token = options.token ?? randomBytes(TOKEN_BYTES).toString('base64url')
  let { view } = options
  const server = createServer()
  const port = await listen(server, host, options.port)
  const hosts = hostsOf(host, port)
  // hono takes tens of milliseconds to load: whoever never asks anything does not wait for it.
  let application: Promise<(incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>> | null = null
  server.on('request', (incoming, outgoing) => {
    if (view === null) {
      answerWithoutView(incoming, outgoing, starting())
      return
    }
    const shown = view
    application ??= import('./admin-app.ts').then(({ adminListener }) => adminListener({ view: shown, token, hosts, commandPath, logger }))
    application
      .then((answer) => answer(incoming, outgoing))
      .catch((error: unknown) => {
        logger.error({ error: error instanceof Error ? error.message : String(error) }, 'admin request failed')
        outgoing.destroy()
      })
  })
  server.on('error', (error) => logger.error({ error: error.message }, 'admin listener failed'))
  const url = urlOf(host, port)
  try {
    if (dataDir !== null) await writeAdminFile(dataDir, { url, token, pid: process.pid, version: VERSION })
  } catch (error) {
    await closed(server)
    throw error
  }
  logger.info({ url, host }, 'admin HTTP listening')
  if (!isLoopback(host))
    logger.warn({ host }, 'the admin HTTP can be reached from other machines and is not encrypted: its token can be read on the way')
  return {
    url,
    token,
    show(shown) {
      view = shown
    },
    async close() {
      if (dataDir !== null) await removeAdminFile(dataDir)
      await closed(server)
    },
  }
}

function answerWithoutView(incoming: IncomingMessage, outgoing: ServerResponse, reason: string): void {
  const [pathname, query] = (incoming.url ?? '/').split('?', 2)
  const verbose = new URLSearchParams(query).has('verbose')
  const { status, body } =
    pathname === '/livez'
      ? livez(null, verbose)
      : pathname === '/readyz'
        ? readyz(null, verbose, reason)
        : { status: 503, body: `${JSON.stringify({ error: reason })}\n` }
  outgoing.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' })
  outgoing.end(body)
}
