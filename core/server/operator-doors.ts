// server: the doors for operators: the metrics port, open from the beginning of a start, and the admin HTTP. Clients are served without them: a port in use
// must not keep a whole application waiting.
//
//   open (metrics) --starting: why it takes so long--> openAdmin --> show: there is a server to look at --> closeAdmin, close

import type { AdminEndpoint } from '../admin/admin-file.ts'
import type { AdminServer } from '../admin/admin-server.ts'
import { type MetricsServer, startMetrics } from '../admin/metrics-server.ts'
import type { ResolvedServerOptions } from './options.ts'
import type { ServerView } from './server-view.ts'

export class OperatorDoors {
  readonly #options: ResolvedServerOptions
  #metrics: MetricsServer | null = null
  #admin: AdminServer | null = null
  #view: ServerView | null = null
  #reason = 'the server is starting'

  private constructor(options: ResolvedServerOptions) {
    this.#options = options
  }

  /** Listens for metrics, before data are read, which may take long: whoever looks on learns that the server lives and is not ready. */
  static async open(options: ResolvedServerOptions): Promise<OperatorDoors> {
    const doors = new OperatorDoors(options)
    const { metricsPort: port, metricsHost: host, logger } = options
    if (port === null) return doors
    try {
      doors.#metrics = await startMetrics({ host, port, logger, starting: () => doors.#reason })
    } catch (error) {
      logger.error({ host, port, error: textOf(error) }, 'no metrics; clients are served all the same')
    }
    return doors
  }

  /** `null` as long as it is not open. */
  get admin(): AdminEndpoint | null {
    return this.#admin
  }

  get metricsUrl(): string | null {
    return this.#metrics?.url ?? null
  }

  /** Why there is no server to look at yet. */
  starting(reason: string): void {
    this.#reason = reason
  }

  /** Only who holds the data directory may write into it where the admin HTTP is. Nothing happens if it is open, or not wanted. */
  async openAdmin(): Promise<void> {
    const { logger, dataDir, adminHost: host, adminPort: port, adminToken: token, adminCommandPath: commandPath } = this.#options
    if (port === null || this.#admin !== null) return
    try {
      const { startAdmin } = await import('../admin/admin-server.ts')
      this.#admin = await startAdmin({ view: this.#view, starting: () => this.#reason, host, port, token, commandPath, dataDir, logger })
    } catch (error) {
      logger.error({ port, error: textOf(error) }, 'no admin HTTP; clients are served all the same')
    }
  }

  show(view: ServerView): void {
    this.#view = view
    this.#metrics?.show(view)
    this.#admin?.show(view)
  }

  async closeAdmin(): Promise<void> {
    await this.#admin?.close()
  }

  /** Idempotent, as {@link closeAdmin}. */
  async close(): Promise<void> {
    await this.closeAdmin()
    await this.#metrics?.close()
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
