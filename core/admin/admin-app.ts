// admin: the HTTP application: who may ask, and which routes there are. Loaded with the first request, so that it costs nothing before.
//
//   request -> /livez, /readyz
//           -> Host is ours? -> token? -> /metrics, /commands/<name>, POST /snapshot

import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { bearerAuth } from 'hono/bearer-auth'
import { HTTPException } from 'hono/http-exception'
import type { ServerView } from '../server/server-view.ts'
import type { Logger } from '../support/logger.ts'
import { commandRoutes } from './commands/commands-route.ts'
import { type HealthAnswer, livez, readyz } from './health.ts'
import type { MetricsText } from './metrics/metrics-text.ts'
import { snapshotRoutes } from './snapshot-route.ts'

export interface AdminAppOptions {
  readonly view: ServerView
  readonly token: string
  /** The `Host` headers that are answered; `null`: any. */
  readonly hosts: ReadonlySet<string> | null
  /** Where ZooKeeper's commands are. */
  readonly commandPath: string
  readonly logger: Logger
}

/** The application as a listener of node:http. */
export function adminListener(options: AdminAppOptions): ReturnType<typeof getRequestListener> {
  // An embedded server must not replace its host's global Request and Response.
  return getRequestListener(adminApp(options).fetch, { overrideGlobalObjects: false })
}

/** The application alone. */
export function adminApp({ view, token, hosts, commandPath, logger }: AdminAppOptions): Hono {
  const app = new Hono()
  app.get('/livez', (c) => plain(livez(view.health(), c.req.query('verbose') !== undefined)))
  app.get('/readyz', (c) => plain(readyz(view.health(), c.req.query('verbose') !== undefined)))
  app.use(async (c, next) => {
    const host = c.req.header('host') ?? ''
    if (hosts !== null && !hosts.has(host)) throw refusal(403, `the Host header is not ${[...hosts].join(' or ')}`)
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
  app.route(commandPath, commandRoutes(view, commandPath))
  app.get('/metrics', metricsHandler(view))
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

/** prom-client is loaded with the first scrape. */
function metricsHandler(view: ServerView): () => Promise<Response> {
  let metrics: Promise<MetricsText> | null = null
  return async () => {
    metrics ??= import('./metrics/metrics-text.ts').then(({ MetricsText }) => new MetricsText(view))
    const loaded = await metrics
    return new Response(await loaded.text(), { headers: { 'Content-Type': loaded.contentType, 'Cache-Control': 'no-store' } })
  }
}

function plain({ status, body }: HealthAnswer): Response {
  return new Response(body, { status, headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' } })
}

function refusal(status: 403, error: string): HTTPException {
  return new HTTPException(status, { res: Response.json({ error }, { status }) })
}
