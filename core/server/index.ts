// The public entry `zoarium/server`: servers to embed.

export type { AdminEndpoint } from '../admin/admin-file.ts'
export type { Logger } from '../support/logger.ts'
export type { ServerOptions } from './options.ts'
export { type Server, startServer } from './server.ts'
export type { ConnectionView, DiskStats, ServerConfigView, ServerStats, ServerView, SnapshotDownload } from './server-view.ts'
