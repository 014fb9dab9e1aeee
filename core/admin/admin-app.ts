// admin: the HTTP application: who may ask, and which routes there are. Loaded with the first request, so that it costs nothing before.
//
//   request -> Host is ours? -> token? -> route

import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { bearerAuth } from 'hono/bearer-auth'
import { HTTPException } from 'hono/http-exception'
import type { ServerView } from '../server/server-view.ts'
import type { Logger } from '../support/logger.ts'
import { snapshotRoutes } from './snapshot-route.ts'

export interface AdminAppOptions {
  readonly view: ServerView
  readonly token: string
  /** The port it is reached at. */
  readonly port: number
  readonly logger: Logger
}

/** The application as a listener of node:http. */
export function adminListener(options: AdminAppOptions): ReturnType<typeof getRequestListener> {
  // An embedded server must not replace its host's global Request and Response.
  return getRequestListener(adminApp(options).fetch, { overrideGlobalObjects: false })
}

/** The application alone. */
export function adminApp({ view, token, port, logger }: AdminAppOptions): Hono {
  const app = new Hono()
  const hosts = new Set([`127.0.0.1:${port}`, `localhost:${port}`])
  app.use(async (c, next) => {
    // A web page that gave its own name our address (DNS rebinding) comes with that name here.
    const host = c.req.header('host') ?? ''
    if (!hosts.has(host)) throw refusal(403, `the Host header is not ${[...hosts].join(' or ')}`)
    await next()
  })
  app.use(
    bearerAuth({
      token,
      noAuthenticationHeader: { message: { error: 'a token is needed: Authorization: Bearer <token of admin.json>' } },
      invalidAuthenticationHeader: { message: { error: 'the Authorization header is not a bearer token' } },
      invalidToken: { message: { error: 'the token is not that of this server' } },
    }),
  )
  app.route('/snapshot', snapshotRoutes(view, logger))
  app.notFound((c) => c.json({ error: `no such resource: ${c.req.method} ${c.req.path}` }, 404))
  app.onError((error, c) => {
    if (error instanceof HTTPException) {
      logger.warn({ method: c.req.method, path: c.req.path, status: error.status }, 'admin request refused')
      return error.getResponse()
    }
    logger.error({ method: c.req.method, path: c.req.path, error: error.message }, 'admin request failed')
    return c.json({ error: error.message }, 500)
  })
  return app
}

function refusal(status: 403, error: string): HTTPException {
  return new HTTPException(status, { res: Response.json({ error }, { status }) })
}
