// bench: the table of the figures at the scale of a million znodes: a row each, beside what is asked and whether it is met.

import { median } from './histogram.ts'
import type { CellResult, PeerSamples } from './report.ts'
import type { ScaleRow } from './scale-rows.ts'
import { SCALE_ROWS } from './scale-rows.ts'
import type { TableCell, TableStyle } from './table.ts'
import { layOut, ratioCell } from './table.ts'

const OURS = 'zoarium'
const ZOOKEEPER = 'ZooKeeper'

function valuesOf(samples: PeerSamples | undefined, figure: string): number[] {
  return (samples?.samples ?? []).flatMap((sample) => {
    const value = sample.kind === 'scale' ? sample.figures[figure] : null
    return value === null || value === undefined || Number.isNaN(value) ? [] : [value]
  })
}

/** One server's figure of a row, null when it has none. */
export function figureOf(samples: PeerSamples | undefined, { figure, of }: ScaleRow): number | null {
  const values = valuesOf(samples, figure)
  if (values.length === 0) return null
  return of === 'largest' ? Math.max(...values) : median(values)
}

function verdictCell(row: ScaleRow, { peers }: CellResult): TableCell {
  if (row.asked === null) return { text: '' }
  const of = (name: string): PeerSamples | undefined => peers.find(({ peer }) => peer === name)
  const isMet = row.asked.isMet(figureOf(of(OURS), row), figureOf(of(ZOOKEEPER), row))
  if (isMet === null) return { text: 'not measured' }
  const isSmaller = valuesOf(of(OURS), 'scale').some((scale) => scale < 1)
  return { text: `${isMet ? 'yes' : 'no'}${isSmaller ? ' (smaller run)' : ''}`, better: isMet }
}

/** The rows that have a figure or a target; empty text when no cell of this kind was run. */
export function formatScaleTable(results: readonly CellResult[], style: TableStyle): string {
  const scale = results.filter(({ cell }) => cell.type === 'scale')
  const names = [...new Set(scale.flatMap(({ peers }) => peers.map(({ peer }) => peer)))]
  const isPair = names.length === 2
  const rows = SCALE_ROWS.flatMap((row) => {
    const result = scale.find(({ cell }) => cell.id === row.cell)
    if (result === undefined) return []
    const values = names.map((name) =>
      figureOf(
        result.peers.find(({ peer }) => peer === name),
        row,
      ),
    )
    if (row.asked === null && values.every((value) => value === null)) return []
    const cells: TableCell[] = [{ text: row.cell }, { text: row.title }]
    for (const value of values) cells.push({ text: value === null ? '' : row.format(value) })
    if (isPair) cells.push(row.ratio === null ? { text: '' } : ratioCell(values[0] ?? null, values[1] ?? null, row.ratio))
    return [[...cells, { text: row.asked?.text ?? '' }, verdictCell(row, result)]]
  })
  if (rows.length === 0) return ''
  const head = ['cell', 'figure', ...names, ...(isPair ? ['ratio'] : []), 'asked', 'met'].map((text) => ({ text }))
  return layOut([head, ...rows], style, 2)
}
