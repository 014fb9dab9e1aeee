// cli: the words of `zoarium log inspect` and `zoarium log repair`.

import type { RepairResult } from '../storage/repair-log.ts'
import { type DamageReport, describeLoss, entryRange } from '../storage/storage-damage.ts'
import type { InspectedEntry, InspectedSegment, InspectedSnapshot, LogInspection } from '../tools/inspect-log.ts'

/** One line for an entry: index, term, zxid, bytes, time, what it does. */
export function entryLine(entry: InspectedEntry): string {
  const { index, term, zxid, bytes, time, what, session, path } = entry
  const words = [index, `term ${term}`, zxid ?? 'zxid unknown', `${bytes} B`, time ?? 'time unknown', what]
  if (path !== null) words.push(path)
  if (session !== null) words.push(`session ${session}`)
  return words.join('  ')
}

export function describeInspection(log: LogInspection): string {
  const lines = [`data directory ${log.dataDir}`]
  if (log.locked) lines.push('  a lock file is there: a server may be running, then this is a moving picture')
  if (log.unfinishedRepair) lines.push('  a repair was interrupted: the next start or repair brings it to its end')
  lines.push(`  ${log.damage === null ? `can be used: ${log.why}` : placeOf(log.damage)}`)
  if (log.damage !== null) lines.push(`  ${describeLoss(log.damage)}`)
  if (log.mark !== null) lines.push(`  ${markText(log.mark)}`)
  const { hardState } = log
  const state = hardState === null ? 'none' : `term ${hardState.term}, voted for ${hardState.votedFor}, commit index ${hardState.commit}`
  lines.push('', `hard state  ${state}`, `log         ${logText(log)}`)
  for (const segment of log.segments) lines.push(`  ${segmentText(segment)}`)
  lines.push(`snapshots   ${log.snapshots.length === 0 ? 'none' : ''}`.trimEnd())
  for (const snapshot of log.snapshots) lines.push(`  ${snapshotText(snapshot)}`)
  if (log.aside.length > 0) lines.push('moved aside', ...log.aside.map((file) => `  ${file}`))
  return lines.join('\n')
}

function placeOf(damage: DamageReport): string {
  return `DAMAGED: ${damage.file}${damage.offset === null ? '' : ` at offset ${damage.offset}`}: ${damage.problem}`
}

function markText(mark: NonNullable<LogInspection['mark']>): string {
  return `marked for recovery from peers: ${entryRange(mark.missingFrom, Math.max(mark.missingFrom, mark.refetchUntil))} must be fetched again`
}

function logText(log: LogInspection): string {
  const range = log.firstIndex === null ? `no entries, the last one was ${log.lastIndex}` : entryRange(log.firstIndex, log.lastIndex)
  return log.damage === null ? range : `${range}, as far as it can be read in order`
}

function segmentText(segment: InspectedSegment): string {
  const { file, bytes, usedBytes, batches, entries, firstIndex, lastIndex } = segment
  if (batches === 0) return `${file}  ${bytes} B, nothing read`
  const range = firstIndex === null || lastIndex === null ? 'no entries' : `${entries} written: ${entryRange(firstIndex, lastIndex)}`
  return `${file}  ${usedBytes} of ${bytes} B, ${batches} batches, ${range}`
}

function snapshotText(snapshot: InspectedSnapshot): string {
  const { file, bytes, state, term, problem } = snapshot
  return `${file}  ${bytes} B, ${state}${term === null ? '' : `, term ${term}`}${problem === null ? '' : `: ${problem}`}`
}

export function describeRepair(dataDir: string, result: RepairResult): string {
  const { outcome, damage, mark, suffix } = result
  if (outcome === 'whole') return `${dataDir}: the log is whole up to entry ${result.keptUntil}; there is nothing to repair`
  const lines = [`data directory ${dataDir}`]
  if (damage !== null) lines.push(`  ${placeOf(damage)}`, `  ${describeLoss(damage)}`)
  if (mark !== null) lines.push(`  ${markText(mark)}, or be given up`)
  const would = outcome === 'refused'
  lines.push('', would ? 'With --accept-loss:' : 'Done:', ...doings(result).map((line) => `  ${line}`))
  if (would) lines.push('', 'Nothing was changed.')
  else if (suffix !== null) lines.push('', `The originals are kept: their names end with .damaged-${suffix}`)
  return lines.join('\n')
}

function doings(result: RepairResult): string[] {
  const { snapshotIndex, entryCount, keptUntil, termBefore, termAfter } = result
  const kept = entryCount === 0 ? 'no entries' : entryRange(keptUntil - entryCount + 1, keptUntil)
  const base = snapshotIndex === 0 ? '' : ` after the snapshot of entry ${snapshotIndex}`
  const lines = [`a new log with ${kept}${base}`]
  if (termAfter !== termBefore) lines.push(`the term goes from ${termBefore} to ${termAfter}, so that no zxid is given twice`)
  else lines.push(`the term stays ${termBefore}`)
  lines.push('the old log is moved aside')
  return lines
}
