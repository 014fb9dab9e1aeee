// bench: the table of the clients: medians, the ratio of the medians, and between which bounds the ratios of the single rounds lie.

import type { ClientRow } from './client-rows.ts'
import { rowsOf } from './client-rows.ts'
import { median } from './histogram.ts'
import type { CellResult, PeerSamples } from './report.ts'
import type { TableCell, TableStyle } from './table.ts'
import { layOut, ratioCell } from './table.ts'

/** What the clients showed in one cell, beside the server they were measured on. */
export interface ClientResult extends CellResult {
  readonly server: string
}

function valuesOf(samples: PeerSamples | undefined, figure: string): number[] {
  return (samples?.samples ?? []).flatMap((sample) => {
    const value = sample.kind === 'client' ? sample.figures[figure] : undefined
    return value === undefined ? [] : [value]
  })
}

/** The least and the greatest of `ours[i] / theirs[i]`; empty text when there are none. */
export function spread(ours: readonly number[], theirs: readonly number[]): string {
  const ratios = ours.flatMap((value, round) => {
    const other = theirs[round]
    return other === undefined || other === 0 ? [] : [value / other]
  })
  return ratios.length === 0 ? '' : `${Math.min(...ratios).toFixed(2)} - ${Math.max(...ratios).toFixed(2)}`
}

function askedCell({ asked, sense }: ClientRow): TableCell {
  return { text: asked === null ? '' : `${sense === 'more' ? '>=' : '<='} ${asked} x` }
}

function verdictCell({ asked, sense }: ClientRow, ours: number, theirs: number): TableCell {
  if (asked === null) return { text: '' }
  const ratio = ours / theirs
  const isMet = sense === 'more' ? ratio >= asked : ratio <= asked
  return { text: isMet ? 'yes' : 'no', better: isMet }
}

function rowCells(result: ClientResult, row: ClientRow): TableCell[] {
  const [ours, theirs] = result.peers.map((peer) => valuesOf(peer, row.figure))
  if (ours === undefined || theirs === undefined || ours.length === 0 || theirs.length === 0) return []
  const [our, their] = [median(ours), median(theirs)]
  return [
    { text: result.cell.id },
    { text: result.server },
    { text: row.title },
    { text: row.format(our) },
    { text: row.format(their) },
    ratioCell(our, their, row.sense),
    { text: spread(ours, theirs) },
    askedCell(row),
    verdictCell(row, our, their),
  ]
}

/** A row for each figure; empty text when no cell of this kind was run. */
export function formatClientTable(results: readonly ClientResult[], style: TableStyle): string {
  const rows = results.flatMap((result) => {
    const { cell } = result
    return cell.type === 'client' ? rowsOf(cell).map((row) => rowCells(result, row)) : []
  })
  const names = results[0]?.peers.map(({ peer }) => peer) ?? []
  const head = ['cell', 'server', 'figure', ...names, 'ratio', 'of the rounds', 'asked', 'met'].map((text) => ({ text }))
  const body = rows.filter((row) => row.length > 0)
  return body.length === 0 ? '' : layOut([head, ...body], style, 3)
}
