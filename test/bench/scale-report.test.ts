// bench: a target is called met only by a figure that was measured, and a relative one only beside ZooKeeper.

import { describe, expect, it } from 'vitest'
import type { ScaleCellId } from './cells.ts'
import type { CellResult } from './report.ts'
import { formatScaleTable } from './scale-report.ts'
import { PLAIN_STYLE } from './table.ts'

type Figures = Record<string, number | null>

function result(id: ScaleCellId, peers: Record<string, Figures[]>): CellResult {
  return {
    cell: { type: 'scale', id, groups: ['million'] },
    peers: Object.entries(peers).map(([peer, all]) => ({ peer, samples: all.map((figures) => ({ kind: 'scale', figures })) })),
  }
}

/** The cells of the row with this title. */
function rowOf(title: string, ...results: CellResult[]): string[] {
  const line = formatScaleTable(results, PLAIN_STYLE)
    .split('\n')
    .find((row) => row.includes(`| ${title} `))
  return line === undefined ? [] : line.split('|').map((text) => text.trim())
}

describe('formatScaleTable', () => {
  it('judges a relative target by the medians', () => {
    const ours = [{ znodesPerSec: 10_000 }, { znodesPerSec: 61_000 }, { znodesPerSec: 60_000 }]
    const theirs = [{ znodesPerSec: 90_000 }, { znodesPerSec: 30_000 }, { znodesPerSec: 30_000 }]
    const row = rowOf('znodes/s', result('load-million', { zoarium: ours, ZooKeeper: theirs }))
    expect(row.slice(3, -1)).toEqual(['60.0 k', '30.0 k', '2.00 x', '>= 2 x ZooKeeper', 'yes'])
  })

  it('does not judge a relative target beside another build', () => {
    const row = rowOf('znodes/s', result('load-million', { zoarium: [{ znodesPerSec: 60_000 }], peer: [{ znodesPerSec: 20_000 }] }))
    expect(row.slice(3, -1)).toEqual(['60.0 k', '20.0 k', '3.00 x', '>= 2 x ZooKeeper', 'not measured'])
  })

  it('judges our figure alone, whoever stands beside it', () => {
    const row = rowOf(
      'MB after the load',
      result('memory-million', { ZooKeeper: [{ loadedBytes: 1e6 }], zoarium: [{ loadedBytes: 451e6 }] }),
    )
    expect(row.at(-2)).toBe('no')
    expect(rowOf('MB after the load', result('memory-million', { ZooKeeper: [{ loadedBytes: 1e6 }] })).at(-2)).toBe('not measured')
  })

  it('takes the worst where every single one is asked about', () => {
    const samples = [{ longestSliceMs: 2 }, { longestSliceMs: 7 }, { longestSliceMs: 3 }]
    const row = rowOf('longest slice ms', result('snapshot-under-load', { zoarium: samples }))
    expect(row.slice(3, -1)).toEqual(['7.00', '<= 5 ms', 'no'])
  })

  it('does not call a figure met that a build does not tell', () => {
    const row = rowOf('longest slice ms', result('snapshot-under-load', { zoarium: [{ longestSliceMs: null }] }))
    expect(row.slice(3, -1)).toEqual(['', '<= 5 ms', 'not measured'])
  })

  it('says when the run was smaller than what is asked about', () => {
    const row = rowOf('KiB each', result('idle-sessions', { zoarium: [{ scale: 0.2, bytesEach: 12 * 1024 }] }))
    expect(row.slice(3, -1)).toEqual(['12.0', '<= 12 KiB', 'yes (smaller run)'])
  })

  it('shows only what was run', () => {
    expect(formatScaleTable([], PLAIN_STYLE)).toBe('')
    expect(rowOf('KiB each', result('start-empty', { zoarium: [{ sec: 1 }] }))).toEqual([])
  })
})
