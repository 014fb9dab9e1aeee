// examples: what the processes of the main job tell each other.

import type { MasterEvent } from 'zoarium/recipes'

/** The work: one file. */
export interface FilePayload {
  /** Relative to the folder of the job, with `/`. */
  readonly file: string
}

/** What a worker found out about it. */
export interface FileReport {
  readonly lines: number
  readonly bytes: number
  readonly sha256: string
}

/** A child process to its parent. */
export type ChildMessage = { readonly type: 'ready' } | { readonly type: 'event'; readonly event: MasterEvent }

export const QUEUE_PATH = '/jobs/files'
/** Short, so that a killed process is noticed while somebody watches. */
export const SESSION_TIMEOUT_MS = 1500
