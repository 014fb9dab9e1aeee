// admin: asks a running server through its admin HTTP, for the command line.

import { ZoariumError } from '../errors.ts'
import type { EnsembleView } from '../server/server-view.ts'
import type { AdminEndpoint } from './admin-file.ts'
import { SNAPSHOT_FACTS_HEADER, type SnapshotFacts } from './snapshot-facts.ts'

/** A snapshot on its way. */
export interface SnapshotTransfer {
  readonly facts: SnapshotFacts
  /** The file's bytes. Rejects with `ERR_CONNECTION_LOSS` when the server ends before they do. */
  readonly parts: AsyncIterable<Uint8Array>
}

/**
 * Has the server take a snapshot. Rejects with `ERR_CONNECTION_LOSS` when nobody answers there, `AUTH_FAILED` when it is not the server that the token
 * belongs to, `THROTTLED_OP` when it does not now, `UNIMPLEMENTED` when it never does.
 */
export async function requestSnapshot({ url, token }: AdminEndpoint, signal?: AbortSignal): Promise<SnapshotTransfer> {
  let response: Response
  try {
    response = await fetch(`${url}/snapshot`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}` },
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (error) {
    throw lost(url, error, signal)
  }
  if (!response.ok) throw await refusalOf(url, response)
  const facts = JSON.parse(response.headers.get(SNAPSHOT_FACTS_HEADER) ?? 'null') as SnapshotFacts | null
  if (facts === null || response.body === null) throw new ZoariumError('ERR_PROTOCOL', `${url} does not answer as a server of this program`)
  return { facts, parts: partsOf(url, response.body, signal) }
}

async function* partsOf(
  url: string,
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  const reader = body.getReader()
  let ended = false
  try {
    for (;;) {
      const { done, value } = await reader.read()
      ended = done
      if (done) return
      yield value
    }
  } catch (error) {
    ended = true
    throw lost(url, error, signal)
  } finally {
    // Whoever takes no more lets the server stop.
    if (!ended) await reader.cancel()
  }
}

function lost(url: string, error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return new ZoariumError('ERR_CONNECTION_LOSS', `${url}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause: error })
}

async function refusalOf(url: string, response: Response): Promise<ZoariumError> {
  const { status } = response
  const text = await response.text()
  const what = `${url} refused (${status}): ${reasonIn(text)}`
  if (status === 401 || status === 403) return new ZoariumError('AUTH_FAILED', what)
  if (status === 409 || status === 503) return new ZoariumError('THROTTLED_OP', what)
  if (status === 404) return new ZoariumError('UNIMPLEMENTED', what)
  return new ZoariumError('SYSTEM_ERROR', what)
}

function reasonIn(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: unknown }
    if (typeof error === 'string') return error
  } catch {
    // Not JSON: the text itself is the reason.
  }
  return text.slice(0, 200)
}

/**
 * What the server knows of its ensemble, `null` for a server alone. Rejects as {@link requestSnapshot}; `ERR_PROTOCOL` for an answer that is none.
 */
export async function requestEnsemble({ url, token }: AdminEndpoint, signal?: AbortSignal): Promise<EnsembleView | null> {
  let response: Response
  let text: string
  try {
    response = await fetch(`${url}/commands/ensemble`, {
      headers: { Authorization: `Bearer ${token}` },
      ...(signal === undefined ? {} : { signal }),
    })
    if (!response.ok) throw await refusalOf(url, response)
    text = await response.text()
  } catch (error) {
    throw ZoariumError.is(error) ? error : lost(url, error, signal)
  }
  try {
    const { ensemble } = JSON.parse(text) as { readonly ensemble?: EnsembleView | null }
    if (ensemble === null || Array.isArray(ensemble?.servers)) return ensemble ?? null
  } catch {
    // Not JSON: no server of this program.
  }
  throw new ZoariumError('ERR_PROTOCOL', `${url} does not answer as a server of this program`)
}
