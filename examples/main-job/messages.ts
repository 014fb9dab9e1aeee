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

/** A server of the ensemble to its parent. */
export type ServerMessage =
  | { readonly type: 'serving'; readonly connectString: string }
  /** It leads from now on, or not any more. */
  | { readonly type: 'leads'; readonly leads: boolean }

export const QUEUE_PATH = '/jobs/files'
/** Short, so that a killed process is noticed while somebody watches. */
export const SESSION_TIMEOUT_MS = 1500
