// storage: the parts of the files that are encoded with protobufjs. Decoding copies into own structures and checks every number. PURE.

import type { Configuration, HardState, SnapshotMeta } from '../consensus/types.ts'
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
  const { index, term, termStart, configuration } = meta
  const fields = { formatVersion, index, term, termStart, totalBytes, chunkCount, sha256 }
  const message = configuration === undefined ? fields : { ...fields, configuration: mutableConfiguration(configuration) }
  return toBuffer(zoarium.SnapshotMetadata.encode(message).finish())
}

function mutableConfiguration({ voters, outgoing, learners, learnersNext, context }: Configuration): zoarium.IMemberConfiguration {
  return { voters: [...voters], outgoing: [...outgoing], learners: [...learners], learnersNext: [...learnersNext], context }
}

function ownConfiguration(read: zoarium.IMemberConfiguration): Configuration {
  const ids = (list: readonly number[] | null | undefined): number[] => [...(list ?? [])]
  return {
    voters: ids(read.voters),
    outgoing: ids(read.outgoing),
    learners: ids(read.learners),
    learnersNext: ids(read.learnersNext),
    context: Buffer.from(read.context ?? []),
  }
}

export function decodeSnapshotMetadata(bytes: Buffer): SnapshotMetadata {
  const read = decode('snapshot metadata', () => zoarium.SnapshotMetadata.decode(bytes))
  const meta = {
    index: natural('snapshot: index', read.index),
    term: natural('snapshot: term', read.term),
    termStart: natural('snapshot: start of the term', read.termStart),
  }
  const { configuration } = read
  return {
    formatVersion: natural('snapshot: format version', read.formatVersion),
    meta: configuration === null || configuration === undefined ? meta : { ...meta, configuration: ownConfiguration(configuration) },
    totalBytes: natural('snapshot: total bytes', read.totalBytes),
    chunkCount: natural('snapshot: chunks', read.chunkCount),
    sha256: Buffer.from(read.sha256),
  }
}

export function encodeTornTail(offset: number, bytes: number): Buffer {
  return toBuffer(zoarium.TornTail.encode({ offset, bytes }).finish())
}

/** What a server must fetch from its peers before it may vote or count for a quorum. Indices are inclusive. */
export interface RecoveryMark {
  /** The first entry that is missing or not to be trusted. */
  readonly missingFrom: number
  /** Up to here entries must be fetched again. */
  readonly refetchUntil: number
  /**
   * Whether the log surely held nothing after `refetchUntil`. If not, the server must also reach a commit index that a quorum without it
   * has confirmed in a term whose leader it did not elect.
   */
  readonly endKnown: boolean
  /** A newer term or vote may be lost. */
  readonly hardStateSuspect: boolean
  /** No term and no vote could be read: the server must join under a new identity. */
  readonly identityLost: boolean
  /** For the operator: where the damage was found. */
  readonly problem: string
}

export function encodeRecoveryMark(mark: RecoveryMark): Buffer {
  return toBuffer(zoarium.RecoveryMark.encode(mark).finish())
}

export function decodeRecoveryMark(bytes: Buffer): RecoveryMark {
  const read = decode('recovery mark', () => zoarium.RecoveryMark.decode(bytes))
  const { endKnown, hardStateSuspect, identityLost, problem } = read
  return {
    missingFrom: natural('recovery mark: first index', read.missingFrom),
    refetchUntil: natural('recovery mark: last index', read.refetchUntil),
    endKnown,
    hardStateSuspect,
    identityLost,
    problem,
  }
}

/** A new log that is being put in place of a damaged one. */
export interface LogRewrite {
  /** Segments from this number on are the new log's. */
  readonly firstSegment: number
  /** Whether the new log is whole: then it is in force. */
  readonly complete: boolean
  /** What the names of the old files end with: 8 hexadecimal digits. */
  readonly suffix: string
  /** Indices of damaged snapshots, which move aside with the old segments. */
  readonly damagedSnapshots: readonly number[]
}

export function encodeLogRewrite(rewrite: LogRewrite): Buffer {
  return toBuffer(zoarium.LogRewrite.encode({ ...rewrite, damagedSnapshots: [...rewrite.damagedSnapshots] }).finish())
}

export function decodeLogRewrite(bytes: Buffer): LogRewrite {
  const read = decode('rewrite journal', () => zoarium.LogRewrite.decode(bytes))
  const { complete, suffix } = read
  if (!/^[0-9a-f]{8}$/.test(suffix)) throw new ZoariumError('ERR_STORAGE', 'rewrite journal: the suffix is not 8 hexadecimal digits')
  return {
    firstSegment: natural('rewrite journal: first segment', read.firstSegment),
    complete,
    suffix,
    damagedSnapshots: read.damagedSnapshots.map((index) => natural('rewrite journal: snapshot', index)),
  }
}
