// tools: what a data directory holds, for an operator. Reads only, takes no lock, and so works beside a running server too.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { HardState } from '../consensus/types.ts'
import { ZoariumError } from '../errors.ts'
import { type DirectorySurvey, surveyDirectory } from '../storage/directory-survey.ts'
import type { Disk } from '../storage/disk.ts'
import { RecordType, segmentNumber, segmentPath } from '../storage/log-format.ts'
import { isAside } from '../storage/log-rewrite-journal.ts'
import type { RecoveryMark } from '../storage/recovery-mark.ts'
import { newestHardState } from '../storage/salvage.ts'
import type { OnBatch } from '../storage/segment-scan.ts'
import { snapshotPath } from '../storage/snapshot-format.ts'
import type { DamageReport } from '../storage/storage-damage.ts'
import { describeEntry, type EntryDescription } from './describe-entry.ts'

export interface InspectedSegment {
  readonly file: string
  readonly bytes: number
  /** Up to the last batch that could be read in order. */
  readonly usedBytes: number
  readonly batches: number
  readonly entries: number
  /** The first and the last entry written in it, `null` if there is none. */
  readonly firstIndex: number | null
  readonly lastIndex: number | null
}

export interface InspectedSnapshot {
  readonly file: string
  readonly bytes: number
  readonly state: 'whole' | 'damaged'
  readonly index: number
  readonly term: number | null
  readonly problem: string | null
}

export interface InspectedEntry extends EntryDescription {
  readonly index: number
  readonly term: number
  /** Hexadecimal, `null` if the log does not show where the term began. */
  readonly zxid: string | null
  readonly bytes: number
}

export interface LogInspection {
  readonly dataDir: string
  /** Whether a lock file is there: a server may be running, and what is shown is a moving picture. */
  readonly locked: boolean
  readonly verdict: string
  readonly why: string
  readonly firstIndex: number | null
  readonly lastIndex: number
  readonly hardState: HardState | null
  readonly segments: readonly InspectedSegment[]
  readonly snapshots: readonly InspectedSnapshot[]
  readonly damage: DamageReport | null
  readonly mark: RecoveryMark | null
  /** An unfinished repair: the next opening brings it to its end, or forgets it. */
  readonly unfinishedRepair: boolean
  /** Files that were moved aside. */
  readonly aside: readonly string[]
}

/** Beside a running server half a write may be seen: read again before it is called damage. */
const MAX_ATTEMPTS = 4
const PAUSE_MS = 50

/** Rejects with `ERR_STORAGE` when there is no data directory, when it cannot be read, or when it is of another format. */
export async function inspectLog(disk: Disk): Promise<LogInspection> {
  const dataDir = disk.root
  if (!existsSync(join(dataDir, 'log')) && !existsSync(join(dataDir, 'snapshots'))) {
    throw new ZoariumError('ERR_STORAGE', `${dataDir} holds no data of this server: neither log nor snapshots are there`)
  }
  for (let attempt = 1; ; attempt++) {
    const locked = existsSync(join(dataDir, 'lock'))
    const mayTryAgain = locked && attempt < MAX_ATTEMPTS
    try {
      const counts = new Map<number, SegmentCount>()
      const survey = await surveyed(disk, (segment, header, records) => {
        const count = counts.get(segment) ?? new SegmentCount()
        counts.set(segment, count)
        count.add(header.offset + header.bytes, records)
      })
      if (survey.salvage === null || !mayTryAgain) return inspection(dataDir, locked, survey, counts)
    } catch (error) {
      if (!mayTryAgain) throw error // a file that was listed and is gone, most likely
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}

/** Calls `onEntry` for every entry in the log, in the order in which they were written, up to its end or to damage. */
export async function eachEntry(disk: Disk, onEntry: (entry: InspectedEntry) => void): Promise<void> {
  let term = 0
  let start: number | null = null
  let before = 0
  await surveyed(disk, (_segment, _header, records) => {
    for (const record of records) {
      if (record.type !== RecordType.entry) continue
      if (record.term !== term) start = record.index === 1 || before > 0 ? record.index : null
      term = record.term
      before = record.index
      const zxid = start === null ? null : `0x${(BigInt(record.term) * 0x1_0000_0000n + BigInt(record.index - start)).toString(16)}`
      onEntry({ index: record.index, term, zxid, bytes: record.payload.length, ...describeEntry(record.payload) })
    }
  })
}

function surveyed(disk: Disk, onBatch: OnBatch): Promise<DirectorySurvey> {
  return new Promise((resolve, reject) => {
    surveyDirectory(disk, { keepChunks: false, allSnapshots: true, onBatch }, (error, survey) => {
      if (survey === undefined) reject(error ?? new Error('nothing was read'))
      else resolve(survey)
    })
  })
}

class SegmentCount {
  usedBytes = 0
  batches = 0
  entries = 0
  firstIndex: number | null = null
  lastIndex: number | null = null

  add(end: number, records: Parameters<OnBatch>[2]): void {
    this.usedBytes = end
    this.batches += 1
    for (const record of records) {
      if (record.type !== RecordType.entry) continue
      this.entries += 1
      this.firstIndex ??= record.index
      this.lastIndex = record.index
    }
  }
}

function inspection(dataDir: string, locked: boolean, survey: DirectorySurvey, counts: ReadonlyMap<number, SegmentCount>): LogInspection {
  const { log, row, salvage, mark, rewrite } = survey
  const { hardState, certainty } = newestHardState(log)
  const firstIndex = [...counts.values()].find((count) => count.firstIndex !== null)?.firstIndex ?? null
  return {
    dataDir,
    locked,
    verdict: row.verdict,
    why: row.why,
    firstIndex,
    lastIndex: log.replay.lastIndex,
    hardState: certainty === 'lost' ? null : hardState,
    segments: segmentsOf(survey, counts),
    snapshots: survey.snapshots.map(({ index, bytes, meta, problem }) => {
      return { file: snapshotPath(index), bytes, state: meta === null ? 'damaged' : 'whole', index, term: meta?.term ?? null, problem }
    }),
    damage: salvage?.report ?? null,
    mark,
    unfinishedRepair: rewrite !== null,
    aside: [
      ...survey.logFiles.filter(({ name }) => isAside(name)).map(({ name }) => `log/${name}`),
      ...survey.snapshotFiles.filter(({ name }) => isAside(name)).map(({ name }) => `snapshots/${name}`),
    ].sort(),
  }
}

function segmentsOf(survey: DirectorySurvey, counts: ReadonlyMap<number, SegmentCount>): InspectedSegment[] {
  const files = survey.logFiles.map(({ name, bytes }) => ({ number: segmentNumber(name), bytes })).filter(({ number }) => number > 0)
  files.sort((a, b) => a.number - b.number)
  const none = new SegmentCount()
  return files.map(({ number, bytes }) => {
    const { usedBytes, batches, entries, firstIndex, lastIndex } = counts.get(number) ?? none
    return { file: segmentPath(number), bytes, usedBytes, batches, entries, firstIndex, lastIndex }
  })
}
