// storage: the parts of the files that are encoded with protobufjs. Decoding copies into own structures and checks every number. PURE.

import type { HardState, SnapshotMeta } from '../consensus/types.ts'
import { ZoariumError } from '../errors.ts'
import { zoarium } from '../peer/gen/messages.js'

/** What stands at the end of a snapshot file. */
export interface SnapshotMetadata {
  readonly formatVersion: number
  readonly meta: SnapshotMeta
  readonly totalBytes: number
  readonly chunkCount: number
  readonly sha256: Buffer
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

function decode<T>(what: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new ZoariumError('ERR_STORAGE', `undecodable ${what}`, { cause: error })
  }
}

function natural(what: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new ZoariumError('ERR_STORAGE', `${what} is ${value}, expected a natural number`)
  return value
}

export function encodeHardState(state: HardState): Buffer {
  return toBuffer(zoarium.HardState.encode(state).finish())
}

export function decodeHardState(bytes: Buffer): HardState {
  const read = decode('hard state', () => zoarium.HardState.decode(bytes))
  return {
    term: natural('hard state: term', read.term),
    votedFor: natural('hard state: vote', read.votedFor),
    commit: natural('hard state: commit index', read.commit),
  }
}

export function encodeSnapshotMetadata(metadata: SnapshotMetadata): Buffer {
  const { meta, formatVersion, totalBytes, chunkCount, sha256 } = metadata
  const { index, term, termStart } = meta
  return toBuffer(zoarium.SnapshotMetadata.encode({ formatVersion, index, term, termStart, totalBytes, chunkCount, sha256 }).finish())
}

export function decodeSnapshotMetadata(bytes: Buffer): SnapshotMetadata {
  const read = decode('snapshot metadata', () => zoarium.SnapshotMetadata.decode(bytes))
  return {
    formatVersion: natural('snapshot: format version', read.formatVersion),
    meta: {
      index: natural('snapshot: index', read.index),
      term: natural('snapshot: term', read.term),
      termStart: natural('snapshot: start of the term', read.termStart),
    },
    totalBytes: natural('snapshot: total bytes', read.totalBytes),
    chunkCount: natural('snapshot: chunks', read.chunkCount),
    sha256: Buffer.from(read.sha256),
  }
}

export function encodeTornTail(offset: number, bytes: number): Buffer {
  return toBuffer(zoarium.TornTail.encode({ offset, bytes }).finish())
}
