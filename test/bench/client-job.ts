// bench: what the parent asks a process with one client in it to do, and what comes back. Plain JSON: it crosses a process border.

/** The clients that are measured beside each other, by the name of their package. */
export const CLIENT_NAMES = ['zoarium', 'node-zookeeper-client'] as const
export type ClientName = (typeof CLIENT_NAMES)[number]

export type ClientWorkKind = 'read' | 'write' | 'create'

/** Requests of one kind, `inFlight` of them at any time, for `measureMs` after `warmMs`, and longer until there were `leastReplies`. */
export interface ClientLoadJob {
  readonly type: 'load'
  readonly kind: ClientWorkKind
  readonly inFlight: number
  readonly warmMs: number
  readonly measureMs: number
  /** What V8 compiles depends on how often it ran, so a machine that does other things, too, must not cut it short. */
  readonly leastReplies: number
  /** Part of the names that `create` makes, and removes again when it is over. */
  readonly run: string
}

/** A data watch on each of the first `count` znodes of the watched directories; they stay until their events have come. */
export interface ClientWatchJob {
  readonly type: 'watch'
  readonly count: number
}

/** Waits until every watch of the job before has had its event. */
export interface ClientEventsJob {
  readonly type: 'events'
}

export type ClientJob = ClientLoadJob | ClientWatchJob | ClientEventsJob

/** What a client's process saw in the window of a {@link ClientLoadJob}. */
export interface ClientLoadResult {
  readonly type: 'load'
  readonly operations: number
  readonly elapsedSec: number
  /** User and system time of the whole process. */
  readonly cpuSec: number
}

/** What a client's process held before and after it left its watches. Heap and buffers: after collections of all of the heap. */
export interface ClientWatchResult {
  readonly type: 'watch'
  readonly heapBytes: number
  readonly residentBytes: number
}

export interface ClientEventsResult {
  readonly type: 'events'
  readonly events: number
}

export type ClientJobResult = ClientLoadResult | ClientWatchResult | ClientEventsResult

/** The result that belongs to a job. */
export type ResultOf<J extends ClientJob> = Extract<ClientJobResult, { readonly type: J['type'] }>

export type FromClientProcess =
  | { readonly type: 'ready' }
  | { readonly type: 'result'; readonly result: ClientJobResult }
  | { readonly type: 'failed'; readonly reason: string }
