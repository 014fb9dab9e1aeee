// bench: what is asked of our client is judged by the ratio of the medians, in the right direction, on the server it was measured on.

import { describe, expect, it } from 'vitest'
import { CELLS } from './cells.ts'
import { type ClientResult, formatClientTable, spread } from './client-report.ts'
import { PLAIN_STYLE } from './table.ts'

function result(id: string, figure: string, ours: number[], theirs: number[]): ClientResult {
  const cell = CELLS.find((one) => one.id === id)
  if (cell === undefined) throw new Error(`no cell ${id}`)
  const samples = (values: number[]) => values.map((value) => ({ kind: 'client' as const, figures: { [figure]: value } }))
  return {
    cell,
    server: 'ZooKeeper',
    peers: [
      { peer: 'zoarium', samples: samples(ours) },
      { peer: 'node-zookeeper-client', samples: samples(theirs) },
    ],
  }
}

/** The cells of the table's rows, without its head. */
function rows(...results: ClientResult[]): string[][] {
  const [, , ...lines] = formatClientTable(results, PLAIN_STYLE).split('\n')
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((text) => text.trim()),
  )
}

describe('formatClientTable', () => {
  it('judges the ratio of the medians and shows those of the rounds', () => {
    expect(rows(result('client-read-k64', 'opsPerCpuSec', [90_000, 30_000, 31_000], [10_000, 20_000, 10_000]))).toEqual([
      ['client-read-k64', 'ZooKeeper', 'ops/CPU s', '31.0 k', '10.0 k', '3.10 x', '1.50 - 9.00', '>= 3 x', 'yes'],
    ])
  })

  it('takes less for better where it is memory', () => {
    const [row] = rows(result('client-watches', 'heapPerThousand', [300_000], [500_000]))
    expect(row?.slice(2)).toEqual(['KB of heap per 1,000', '300', '500', '0.60 x', '0.60 - 0.60', '<= 0.5 x', 'no'])
  })

  it('does not judge what is information', () => {
    const [row] = rows(result('client-create-k64', 'opsPerCpuSec', [100], [200]))
    expect(row?.slice(-2)).toEqual(['', ''])
  })

  it('shows only what was run', () => {
    expect(formatClientTable([], PLAIN_STYLE)).toBe('')
    expect(rows(result('client-read-k1', 'opsPerCpuSec', [], []))).toEqual([])
  })
})

describe('spread', () => {
  it('is empty without a pair', () => {
    expect(spread([1], [])).toBe('')
  })
})
