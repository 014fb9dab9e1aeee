// bench: the figures of the scale of a million znodes as rows of a table: how each is shown, what is asked of it, and whether it is met.

import type { ScaleCellId } from './cells.ts'

/** What a target looks at: our figure (null: not measured), and Apache ZooKeeper's beside it. */
export type Verdict = (ours: number | null, zookeeper: number | null) => boolean | null

export interface Asked {
  readonly text: string
  readonly isMet: Verdict
}

export interface ScaleRow {
  readonly cell: ScaleCellId
  readonly figure: string
  readonly title: string
  readonly format: (value: number) => string
  /** How the samples become one figure; `largest` where the target is about every single one. */
  readonly of: 'median' | 'largest'
  /** Whether a ratio is shown, and whether more is better in it. */
  readonly ratio: 'more' | 'less' | null
  readonly asked: Asked | null
}

function atMost(limit: number, text: string): Asked {
  return { text, isMet: (ours) => (ours === null ? null : ours <= limit) }
}

function atLeast(limit: number, text: string): Asked {
  return { text, isMet: (ours) => (ours === null ? null : ours >= limit) }
}

function comparedTo(isMet: (ratio: number) => boolean, text: string): Asked {
  return { text, isMet: (ours, zookeeper) => (ours === null || zookeeper === null ? null : isMet(ours / zookeeper)) }
}

function thousands(value: number): string {
  return value >= 100_000 ? `${(value / 1000).toFixed(0)} k` : `${(value / 1000).toFixed(1)} k`
}

function plain(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

function megabytes(bytes: number): string {
  return plain(bytes / 1e6)
}

function times(value: number): string {
  return `${value.toFixed(value >= 10 ? 1 : 2)} x`
}

function kibibytes(bytes: number): string {
  return (bytes / 1024).toFixed(1)
}

const MEMORY = atMost(450e6, '<= 450 MB')
const START = atMost(5, '<= 5 s')
const TWICE = comparedTo((ratio) => ratio >= 2, '>= 2 x ZooKeeper')

type Options = Partial<Pick<ScaleRow, 'of' | 'ratio' | 'asked'>>

function row(cell: ScaleCellId, figure: string, title: string, format: (value: number) => string, options: Options = {}): ScaleRow {
  return { cell, figure, title, format, of: 'median', ratio: null, asked: null, ...options }
}

/** Every row, in the order in which they are shown. */
export const SCALE_ROWS: readonly ScaleRow[] = [
  row('start-empty', 'sec', 's to the first read', plain, {
    ratio: 'less',
    asked: comparedTo((ratio) => ratio <= 1, 'no slower than ZooKeeper'),
  }),
  row('start-empty', 'cpuSec', 'CPU s until then', plain, { ratio: 'less' }),
  row('load-million', 'znodesPerSec', 'znodes/s', thousands, { ratio: 'more', asked: TWICE }),
  row('load-million', 'cpuSec', 'server CPU s', plain, { ratio: 'less' }),
  row('load-million', 'generatorCpuSec', 'load CPU s', plain),
  row('load-flat', 'znodesPerSec', 'znodes/s', thousands, { ratio: 'more' }),
  row('load-flat', 'cpuSec', 'server CPU s', plain, { ratio: 'less' }),
  row('memory-million', 'loadedBytes', 'MB after the load', megabytes, { ratio: 'less', asked: MEMORY }),
  row('memory-million', 'restartedBytes', 'MB after a restart', megabytes, { ratio: 'less', asked: MEMORY }),
  row('memory-million', 'loadedPeakBytes', 'MB at most, load', megabytes, { ratio: 'less' }),
  row('memory-million', 'restartedPeakBytes', 'MB at most, restart', megabytes, { ratio: 'less' }),
  row('start-million', 'stoppedSec', 's to the first read, stopped', plain, { ratio: 'less', asked: START }),
  row('start-million', 'killedSec', 's to the first read, killed', plain, { ratio: 'less', asked: START }),
  row('start-million', 'stoppedCpuSec', 'CPU s until then, stopped', plain, { ratio: 'less' }),
  row('start-million', 'killedCpuSec', 'CPU s until then, killed', plain, { ratio: 'less' }),
  row('start-million', 'dataBytes', 'MB on disk', megabytes, { ratio: 'less' }),
  row('snapshot-under-load', 'snapshotCount', 'snapshots ended in the run', plain),
  row('snapshot-under-load', 'snapshotShare', 'share of it spent in them', plain),
  row('snapshot-under-load', 'longestSliceMs', 'longest slice ms', plain, { of: 'largest', asked: atMost(5, '<= 5 ms') }),
  row('snapshot-under-load', 'delayRatio', 'event-loop delay p99.9, with / without', times, { asked: atMost(2, '<= 2 x') }),
  row('snapshot-under-load', 'quietDelayP999Ms', 'event-loop delay p99.9 ms, without', plain),
  row('snapshot-under-load', 'snapshotDelayP999Ms', 'event-loop delay p99.9 ms, with', plain),
  row('snapshot-under-load', 'quietDelayMaxMs', 'event-loop delay max ms, without', plain, { of: 'largest' }),
  row('snapshot-under-load', 'snapshotDelayMaxMs', 'event-loop delay max ms, with', plain, { of: 'largest' }),
  row('snapshot-under-load', 'quietLongestGcMs', 'longest collection ms, without', plain, { of: 'largest' }),
  row('snapshot-under-load', 'snapshotLongestGcMs', 'longest collection ms, with', plain, { of: 'largest' }),
  row('snapshot-under-load', 'quietWriteP99Ms', 'write p99 ms, without', plain, { ratio: 'less' }),
  row('snapshot-under-load', 'snapshotWriteP99Ms', 'write p99 ms, with', plain, { ratio: 'less' }),
  row('snapshot-under-load', 'quietWriteP999Ms', 'write p99.9 ms, without', plain, { ratio: 'less' }),
  row('snapshot-under-load', 'snapshotWriteP999Ms', 'write p99.9 ms, with', plain, { ratio: 'less' }),
  row('idle-sessions', 'bytesEach', 'KiB each', kibibytes, { ratio: 'less', asked: atMost(12 * 1024, '<= 12 KiB') }),
  row('disk-bound', 'writtenBytes', 'MB of values written', megabytes),
  row('disk-bound', 'largestFirstHalfBytes', 'MB on disk at most, first half', megabytes),
  row('disk-bound', 'largestSecondHalfBytes', 'MB on disk at most, second half', megabytes),
  row('disk-bound', 'growth', 'second half / first', times, { asked: atMost(1.1, 'bounded: <= 1.1 x') }),
  row('disk-bound', 'timesLargest', 'written / largest', times, { asked: atLeast(50, '>= 50 x') }),
  row('disk-bound', 'finalBytes', 'MB on disk at the end', megabytes),
  row('disk-bound', 'diskBytes', 'MB written to the disk', megabytes),
]
