// bench: the figures of the clients as rows of a table: how each is shown, and what is asked of the ratio.

import type { ClientCell } from './cells.ts'

export interface ClientRow {
  readonly figure: string
  readonly title: string
  readonly format: (value: number) => string
  /** Whether more is better. */
  readonly sense: 'more' | 'less'
  /** The ratio that ours must reach, or not exceed where less is better; null where the figure is information. */
  readonly asked: number | null
}

/** What is asked of the operations per second of CPU, times the other client's. */
const ASKED: ReadonlyMap<string, number> = new Map([
  ['client-read-k1', 1.5],
  ['client-read-k64', 3],
  ['client-read-k256', 3],
])
const ASKED_OF_WATCHES = 0.5

function thousands(value: number): string {
  return value < 1000 ? value.toFixed(0) : `${(value / 1000).toFixed(1)} k`
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(0)
}

const WATCH_ROWS: readonly ClientRow[] = [
  { figure: 'heapPerThousand', title: 'KB of heap per 1,000', format: kilobytes, sense: 'less', asked: ASKED_OF_WATCHES },
  { figure: 'residentPerThousand', title: 'KB resident per 1,000', format: kilobytes, sense: 'less', asked: null },
]

/** The rows of a cell, in the order in which they are shown. */
export function rowsOf(cell: ClientCell): readonly ClientRow[] {
  if (cell.what === 'watches') return WATCH_ROWS
  return [
    { figure: 'opsPerCpuSec', title: 'ops/CPU s', format: thousands, sense: 'more', asked: ASKED.get(cell.id) ?? null },
    { figure: 'opsPerSec', title: 'ops/s', format: thousands, sense: 'more', asked: null },
  ]
}
