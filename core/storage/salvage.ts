// storage: what of a damaged log can be kept, which entries are lost, and what that means for the server's votes. PURE.
//
//   the part before the damage        kept as far as it joins the newest whole snapshot
//   the part behind it                joins if the snapshot covers the gap, or if the gap held no entries
//
//   snapshot          |------------- S
//   log         1 ....... L [damage] D+1 ......... end          S >= D: nothing is lost

import type { Entry, HardState, SnapshotMeta } from '../consensus/types.ts'
import type { LogSurvey } from './log-recovery.ts'
import type { LogReplay } from './log-replay.ts'
import type { DamagePlace, DamageReport } from './storage-damage.ts'

export interface Salvage {
  readonly report: DamageReport
  /** The entries to keep, following the snapshot without a gap. */
  readonly entries: readonly Entry[]
  /** The newest hard state that can be read. */
  readonly hardState: HardState
  /** The highest term that anything readable names. */
  readonly highestTerm: number
}

/** Weighs a log against the newest whole snapshot; `newestIndex` is that of the newest snapshot file. */
export function salvage(log: LogSurvey, meta: SnapshotMeta | null, newestIndex: number, place: DamagePlace): Salvage {
  const { replay, sweep } = log
  const snapshotIndex = meta?.index ?? 0
  const { hardState, certainty } = newestHardState(log)
  const run = joiningRun(log, snapshotIndex)
  const badBatch = sweep?.badBatch ?? null
  // A batch that overwrites entries was lost with the new ones: the old ones in its place were never committed.
  const trusted = Math.min(replay.lastIndex, (badBatch?.firstIndex ?? Number.POSITIVE_INFINITY) - 1)
  const joins = replay.base <= snapshotIndex && !(meta !== null && replay.conflictsWith(meta))
  const before = joins ? replay.entries.filter(({ index }) => index <= trusted) : []
  const entries = run === null ? before : join(before, run, snapshotIndex)
  const keptUntil = entries.at(-1)?.index ?? snapshotIndex
  const named = Math.max(newestIndex, sweep?.highestIndex ?? 0, replay.lastIndex)
  const endKnown = sweep === null ? log.log === 'whole' && replay.lastIndex >= newestIndex : sweep.endKnown
  const toTheEnd = run !== null && run === sweep?.tail
  const complete = endKnown && (toTheEnd || named <= keptUntil)
  const report: DamageReport = {
    ...place,
    badBatch,
    lostFrom: complete ? null : keptUntil + 1,
    lostUntil: complete || named <= keptUntil ? null : named,
    endKnown,
    // A log that ends too early may have lost a vote with its end.
    hardState: certainty === 'kept' && sweep === null && !endKnown ? 'suspect' : certainty,
    snapshotIndex,
    keptUntil,
  }
  return { report, entries, hardState, highestTerm: highestTerm(log, meta, hardState) }
}

/** What can be read behind the damage and is known to follow what is kept. */
function joiningRun(log: LogSurvey, snapshotIndex: number): LogReplay | null {
  const { sweep, replay } = log
  if (sweep === null || sweep.untrusted) return null
  const covered = sweep.runs.find((run) => run.base <= snapshotIndex && run.lastIndex >= snapshotIndex)
  if (covered !== undefined) return covered
  const next = sweep.runs[0]
  if (next === undefined || !sweep.lostNoEntries || replay.base > snapshotIndex) return null
  return next.base === replay.lastIndex ? next : null
}

/** `run` in place of what `before` holds from its beginning on. Both hold only entries after the snapshot. */
function join(before: readonly Entry[], run: LogReplay, snapshotIndex: number): Entry[] {
  if (run.base <= snapshotIndex) return run.entries
  return [...before.filter(({ index }) => index <= run.base), ...run.entries]
}

function highestTerm(log: LogSurvey, meta: SnapshotMeta | null, hardState: HardState): number {
  let highest = Math.max(meta?.term ?? 0, hardState.term, log.replay.hardState.term, log.sweep?.highestTerm ?? 0)
  for (const entry of log.replay.entries) if (entry.term > highest) highest = entry.term
  return highest
}

/** The newest hard state that can be read, before or behind damage, and whether it is surely the newest there was. */
export function newestHardState(survey: LogSurvey): { hardState: HardState; certainty: 'kept' | 'suspect' | 'lost' } {
  const { sweep, replay } = survey
  const found = sweep?.hardState ?? replay.hardState
  if (sweep?.hardState == null && replay.hardStateRead === 'none') return { hardState: found, certainty: 'lost' }
  return { hardState: found, certainty: sweep?.hardStateSuspect === true || replay.hardStateRead === 'undecodable' ? 'suspect' : 'kept' }
}
