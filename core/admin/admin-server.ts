// admin: listens for HTTP, on the loopback address unless told otherwise, for operators and tools. docs/decisions/0013-admin-http.md says why so.
//
//   start: token, listen, admin.json          first request: the application is loaded          close: admin.json removed, connections cut

import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { ServerView } from '../server/server-view.ts'
import type { Logger } from '../support/logger.ts'
import { type AdminEndpoint, removeAdminFile, writeAdminFile } from './admin-file.ts'
import { closed, hostsOf, isLoopback, listen, urlOf } from './listen.ts'

const TOKEN_BYTES = 32

export interface AdminOptions {
  readonly view: ServerView
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
  close(): Promise<void>
}

/** Listens, then tells where in admin.json. Rejects with the system's error when it cannot. */
export async function startAdmin(options: AdminOptions): Promise<AdminServer> {
  const { view, host = '127.0.0.1', commandPath = '/commands', dataDir, logger } = options
  const token = options.token ?? randomBytes(TOKEN_BYTES).toString('base64url')
  const server = createServer()
  const port = await listen(server, host, options.port)
  const hosts = hostsOf(host, port)
  // hono takes tens of milliseconds to load: whoever never asks anything does not wait for it.
  let application: Promise<(incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>> | null = null
  server.on('request', (incoming, outgoing) => {
    application ??= import('./admin-app.ts').then(({ adminListener }) => adminListener({ view, token, hosts, commandPath, logger }))
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
    if (dataDir !== null) await writeAdminFile(dataDir, { url, token, pid: process.pid, version: view.version })
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
    async close() {
      if (dataDir !== null) await removeAdminFile(dataDir)
      await closed(server)
    },
  }
}
