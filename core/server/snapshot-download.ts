// server: a snapshot of this moment for whoever keeps it elsewhere, apart from those that the server keeps.

import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { SnapshotMeta } from '../consensus/types.ts'
import type { Replica } from '../replica/replica.ts'
import { type Checksums, snapshotFile } from '../storage/snapshot-encoder.ts'
import type { SnapshotDownload } from './server-view.ts'

const CHECKSUMS: Checksums = { crc32, sha256: () => createHash('sha256') }
/** What a node's record takes beside path and data, about. */
const NODE_RECORD_BYTES = 80

/** Begins a snapshot of this moment; `null` before there is a state. */
export function snapshotDownload(replica: Replica): SnapshotDownload | null {
  const snapshot = replica.snapshots.now()
  if (snapshot === null) return null
  const { tree } = replica
  return {
    index: snapshot.meta.index,
    lastZxid: tree.lastZxid,
    nodeCount: tree.nodeCount,
    sessionCount: tree.sessions.size,
    approximateBytes: tree.dataBytes + tree.nodeCount * NODE_RECORD_BYTES,
    parts: partsOf(snapshot.meta, snapshot.chunks),
  }
}

/** A generator that was never asked for anything does not hear of its end: the source is told here. */
function partsOf(meta: SnapshotMeta, chunks: IterableIterator<Buffer>): IterableIterator<Buffer> {
  const file = snapshotFile(meta, chunks, CHECKSUMS)
  return {
    [Symbol.iterator]() {
      return this
    },
    next: () => file.next(),
    return() {
      chunks.return?.()
      return file.return(undefined)
    },
  }
}
