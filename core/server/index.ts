// The public entry `zoarium/server`: servers to embed.

// What the declarations need beyond the user's own settings: his tsconfig may name neither.
/// <reference types="node" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

export type { AdminEndpoint } from '../admin/admin-file.ts'
export type { DistributionView } from '../support/distribution.ts'
export type { Logger } from '../support/logger.ts'
export { type LocalEnsemble, type LocalEnsembleOptions, startEnsemble } from './ensemble.ts'
export type { EnsembleOptions, EnsembleServer, PeerSecurityFiles } from './ensemble-options.ts'
export type { ServerOptions } from './options.ts'
export { type Server, type StartOptions, startServer } from './server.ts'
export type {
  ConnectionView,
  DigestView,
  DiskStats,
  Durations,
  EnsembleServerView,
  EnsembleView,
  HealthView,
  PeerLinksView,
  ServerConfigView,
  ServerStats,
  ServerView,
  SessionView,
  SnapshotDownload,
  StorageFacts,
  WatchedPath,
  WatchTable,
} from './server-view.ts'
export type { OnStartProgress, StartProgress } from './start-progress.ts'
