// client: cuts what must be registered again on a new connection into setWatches requests that no server refuses for their size.
//
// Persistent watches come first. If all of them fit into the first request, a server that replays can make them complete; if they do not,
// live events of the first request's watches would mix with the replay of the second's, so then all of them are told of a gap.

import { OpCode } from '../wire/op-codes.ts'
import type { SetWatchesRequest } from '../wire/records.ts'
import type { OneShotLists } from './one-shot-watches.ts'
import type { PersistentLists, PersistentPoint } from './persistent-watches.ts'

/** Path bytes of one request at most (ClientCnxn.SET_WATCHES_MAX_LENGTH). */
const MAX_CHUNK_BYTES = 128 * 1024
/** A path's length field. */
const LENGTH_BYTES = 4

/** One setWatches or setWatches2 and the persistent watches in it. */
export interface RearmChunk {
  readonly request: SetWatchesRequest
  readonly points: readonly PersistentPoint[]
  /** Whether a replay of it could be complete. */
  readonly replayable: boolean
}

type ListName = 'data' | 'exist' | 'child' | 'persistent' | 'persistentRecursive'

interface OpenChunk {
  readonly lists: Record<ListName, string[]>
  readonly points: PersistentPoint[]
  bytes: number
}

function emptyChunk(): OpenChunk {
  return { lists: { data: [], exist: [], child: [], persistent: [], persistentRecursive: [] }, points: [], bytes: 0 }
}

export function rearmChunks(oneShots: OneShotLists, persistents: PersistentLists, relativeZxid: number): RearmChunk[] {
  const chunks: OpenChunk[] = [emptyChunk()]
  const add = (name: ListName, path: string, point: PersistentPoint | null): void => {
    const bytes = LENGTH_BYTES + Buffer.byteLength(path)
    let chunk = chunks[chunks.length - 1]
    if (chunk === undefined || (chunk.bytes > 0 && chunk.bytes + bytes > MAX_CHUNK_BYTES)) {
      chunk = emptyChunk()
      chunks.push(chunk)
    }
    chunk.lists[name].push(path)
    chunk.bytes += bytes
    if (point !== null) chunk.points.push(point)
  }
  for (const point of persistents.persistent) add('persistent', point.serverPath, point)
  for (const point of persistents.recursive) add('persistentRecursive', point.serverPath, point)
  // A client that knows no zxid of the servers (any more) cannot tell what is new to it.
  const replayable = chunks.length === 1 && relativeZxid > 0
  for (const path of oneShots.data) add('data', path, null)
  for (const path of oneShots.exist) add('exist', path, null)
  for (const path of oneShots.child) add('child', path, null)
  return chunks.filter((chunk) => chunk.bytes > 0).map((chunk) => closed(chunk, replayable, relativeZxid))
}

/** Servers before 3.6 know no setWatches2, so it is sent only where there are persistent watches. */
function closed(chunk: OpenChunk, replayable: boolean, relativeZxid: number): RearmChunk {
  const op = chunk.points.length > 0 ? OpCode.setWatches2 : OpCode.setWatches
  return { request: { op, relativeZxid, ...chunk.lists }, points: chunk.points, replayable }
}
