// admin: listens for HTTP on the loopback address, for operators and tools on the same machine. docs/decisions/0013-admin-http.md says why so.
//
//   start: token, listen, admin.json          first request: the application is loaded          close: admin.json removed, connections cut

import { randomBytes } from 'node:crypto'
import { createServer, type Server as HttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { ServerView } from '../server/server-view.ts'
import type { Logger } from '../support/logger.ts'
import { type AdminEndpoint, removeAdminFile, writeAdminFile } from './admin-file.ts'

const HOST = '127.0.0.1'
const TOKEN_BYTES = 32
/** Operators and their monitoring, not the public. */
const MAX_CONNECTIONS = 64

export interface AdminOptions {
  readonly view: ServerView
  /** 0 takes a free one. */
  readonly port: number
  /** Where admin.json goes; `null`: nowhere. */
  readonly dataDir: string | null
  readonly logger: Logger
}

/** A running admin HTTP. */
export interface AdminServer extends AdminEndpoint {
  close(): Promise<void>
}

/** Listens, then tells where in admin.json. Rejects with the system's error when it cannot. */
export async function startAdmin(options: AdminOptions): Promise<AdminServer> {
  const { view, dataDir, logger } = options
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const server = createServer()
  server.maxConnections = MAX_CONNECTIONS
  const port = await listen(server, options.port)
  // hono takes tens of milliseconds to load: whoever never asks anything does not wait for it.
  let application: Promise<(incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>> | null = null
  server.on('request', (incoming, outgoing) => {
    application ??= import('./admin-app.ts').then(({ adminListener }) => adminListener({ view, token, port, logger }))
    application
      .then((answer) => answer(incoming, outgoing))
      .catch((error: unknown) => {
        logger.error({ error: error instanceof Error ? error.message : String(error) }, 'admin request failed')
        outgoing.destroy()
      })
  })
  server.on('error', (error) => logger.error({ error: error.message }, 'admin listener failed'))
  const url = `http://${HOST}:${port}`
  try {
    if (dataDir !== null) await writeAdminFile(dataDir, { url, token, pid: process.pid, version: view.version })
  } catch (error) {
    await closed(server)
    throw error
  }
  logger.info({ url }, 'admin HTTP listening')
  return {
    url,
    token,
    async close() {
      if (dataDir !== null) await removeAdminFile(dataDir)
      await closed(server)
    },
  }
}

function listen(server: HttpServer, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: HOST, port }, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

/** Also requests under way end: a snapshot on its way to a caller is cut short, which the caller notices. */
function closed(server: HttpServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
