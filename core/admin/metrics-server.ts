// admin: `/metrics`, `/livez` and `/readyz` on a port of their own, for whoever can reach it: no token, nothing else to be had there.
//
// It listens from the beginning of a start: before there is a server to look at, `/livez` is ok, `/readyz` is not, `/metrics` has nothing.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { ServerView } from '../server/server-view.ts'
import type { Logger } from '../support/logger.ts'
import { livez, readyz } from './health.ts'
import { closed, hostsOf, isLoopback, listen, urlOf } from './listen.ts'
import type { MetricsText } from './metrics/metrics-text.ts'

export interface MetricsOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly logger: Logger
  /** Why there is no server to look at yet. */
  readonly starting?: () => string
}

export interface MetricsServer {
  readonly url: string
  /** From now on there is a server to look at. */
  show(view: ServerView): void
  /** Idempotent. */
  close(): Promise<void>
}

interface Answer {
  readonly status: number
  readonly body: string
  readonly type?: string
}

const NOT_HERE: Answer = { status: 404, body: 'here are /metrics, /livez and /readyz\n' }
const PLAIN = 'text/plain; charset=utf-8'

/** Rejects with the system's error when it cannot listen. */
export async function startMetrics({ host, port: wantedPort, logger, starting }: MetricsOptions): Promise<MetricsServer> {
  let view: ServerView | null = null
  let metrics: Promise<MetricsText> | null = null
  const server = createServer()
  const port = await listen(server, host, wantedPort)
  const hosts = hostsOf(host, port)

  const answer = async (incoming: IncomingMessage): Promise<Answer> => {
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://here')
    if (incoming.method !== 'GET' && incoming.method !== 'HEAD') return { status: 405, body: 'only GET\n' }
    if (pathname === '/livez') return livez(view?.health() ?? null, searchParams.has('verbose'))
    if (pathname === '/readyz') return readyz(view?.health() ?? null, searchParams.has('verbose'), starting?.())
    if (pathname !== '/metrics') return NOT_HERE
    if (hosts !== null && !hosts.has(incoming.headers.host ?? '')) {
      return { status: 403, body: `the Host header is not ${[...hosts].join(' or ')}\n` }
    }
    if (view === null) return { status: 503, body: 'the server is starting\n' }
    const shown = view
    // prom-client is loaded with the first scrape.
    metrics ??= import('./metrics/metrics-text.ts').then(({ MetricsText }) => new MetricsText(shown))
    return { status: 200, body: await (await metrics).text(), type: (await metrics).contentType }
  }
  server.on('request', (incoming, outgoing) => {
    void answer(incoming)
      .catch((error: unknown): Answer => {
        const message = error instanceof Error ? error.message : String(error)
        logger.error({ path: incoming.url, error: message }, 'metrics request failed')
        return { status: 500, body: `${message}\n` }
      })
      .then((answered) => send(outgoing, answered))
  })
  server.on('error', (error) => logger.error({ error: error.message }, 'metrics listener failed'))
  const url = urlOf(host, port)
  logger.info({ url, open: isLoopback(host) ? 'to this machine' : 'to whoever reaches it' }, 'metrics listening')
  return {
    url,
    show(shown) {
      view = shown
    },
    close: () => closed(server),
  }
}

function send(outgoing: ServerResponse, { status, body, type = PLAIN }: Answer): void {
  outgoing.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body), 'Cache-Control': 'no-store' })
  outgoing.end(body)
}
