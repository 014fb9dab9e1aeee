// bench: turns samples into medians, ratios and a table that reads well in a terminal and in Markdown.

import type { Cell } from './cells.ts'
import { median } from './histogram.ts'
import type { LoadSample, Sample } from './measure.ts'
import type { TableCell, TableStyle } from './table.ts'
import { layOut, ratioCell } from './table.ts'

/** What one server showed in one cell. */
export interface PeerSamples {
  readonly peer: string
  readonly samples: readonly Sample[]
}

export interface CellResult {
  readonly cell: Cell
  readonly peers: readonly PeerSamples[]
}

interface Column {
  readonly title: string
  readonly pick: (sample: LoadSample) => number | null
  readonly format: (value: number) => string
  /** Whether a ratio column follows, and whether more is better in it. */
  readonly ratio: 'more' | 'less' | null
}

function count(value: number): string {
  if (value >= 99_950) return `${(value / 1000).toFixed(0)} k`
  return value >= 1000 ? `${(value / 1000).toFixed(1)} k` : value.toFixed(0)
}

function milliseconds(us: number): string {
  const ms = us / 1000
  return ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2)
}

function plain(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1)
}

const WORK_COLUMNS: readonly Column[] = [
  { title: 'ops/s', pick: (s) => s.opsPerSec, format: count, ratio: 'more' },
  { title: 'ops/CPU s', pick: (s) => s.opsPerCpuSec, format: count, ratio: 'more' },
  { title: 'CPU s/M', pick: (s) => s.cpuSecPerMillion, format: plain, ratio: null },
]

const LATENCY_COLUMNS: readonly Column[] = [
  { title: 'p50 ms', pick: (s) => s.p50Us, format: milliseconds, ratio: 'less' },
  { title: 'p99 ms', pick: (s) => s.p99Us, format: milliseconds, ratio: 'less' },
  { title: 'load CPU s/M', pick: (s) => s.generatorCpuSecPerMillion, format: plain, ratio: null },
]

/** The median of one figure over a server's samples; null when no sample has it. */
export function medianOf(samples: readonly Sample[], pick: (sample: LoadSample) => number | null): number | null {
  const values: number[] = []
  for (const sample of samples) {
    const value = sample.kind === 'load' ? pick(sample) : null
    if (value !== null && !Number.isNaN(value)) values.push(value)
  }
  return values.length === 0 ? null : median(values)
}

/** Columns of figures: one for each server, and ours / the other's where that says something. */
function loadTable(results: readonly CellResult[], columns: readonly Column[], style: TableStyle): string {
  const peers = results[0]?.peers.map(({ peer }) => peer) ?? []
  const isPair = peers.length === 2
  const head: TableCell[] = [{ text: 'cell' }]
  for (const { title, ratio } of columns) {
    for (const peer of peers) head.push({ text: `${title} ${peer}` })
    if (isPair && ratio !== null) head.push({ text: 'ratio' })
  }
  const rows = results.map(({ cell, peers: samplesOf }) => {
    const row: TableCell[] = [{ text: cell.id }]
    for (const { pick, format, ratio } of columns) {
      const values = samplesOf.map(({ samples }) => medianOf(samples, pick))
      for (const value of values) row.push({ text: value === null ? '' : format(value) })
      if (isPair && ratio !== null) row.push(ratioCell(values[0] ?? null, values[1] ?? null, ratio))
    }
    return row
  })
  return layOut([head, ...rows], style)
}

function bytesEach(samples: readonly Sample[]): number {
  return median(samples.flatMap((sample) => (sample.kind === 'memory' ? [sample.bytesEach] : [])))
}

function memoryTable(results: readonly CellResult[], style: TableStyle): string {
  const peers = results[0]?.peers.map(({ peer }) => peer) ?? []
  const isPair = peers.length === 2
  const head: TableCell[] = [{ text: 'resident bytes each' }, ...peers.map((text) => ({ text }))]
  if (isPair) head.push({ text: 'ratio' })
  const rows = results.map(({ cell, peers: samplesOf }) => {
    const values = samplesOf.map(({ samples }) => bytesEach(samples))
    const row: TableCell[] = [{ text: cell.id }, ...values.map((value) => ({ text: value.toFixed(0) }))]
    if (isPair) row.push(ratioCell(values[0] ?? null, values[1] ?? null, 'less'))
    return row
  })
  return layOut([head, ...rows], style)
}

/** Throughput and cost, latencies, memory; the first server's figure over the second's in the ratio columns. */
export function formatTables(results: readonly CellResult[], style: TableStyle): string {
  const load = results.filter(({ cell }) => cell.type !== 'memory' && cell.type !== 'scale' && cell.type !== 'client')
  const memory = results.filter(({ cell }) => cell.type === 'memory')
  const tables: string[] = []
  if (load.length > 0) tables.push(loadTable(load, WORK_COLUMNS, style), loadTable(load, LATENCY_COLUMNS, style))
  if (memory.length > 0) tables.push(memoryTable(memory, style))
  return tables.join('\n\n')
}
