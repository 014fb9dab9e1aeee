// bench: which cells run: the groups, single names, and what a quick run leaves out.

import { describe, expect, it } from 'vitest'
import { CELLS, chooseCells } from './cells.ts'

describe('chooseCells', () => {
  it('runs everything unless told otherwise', () => {
    expect(chooseCells([], false)).toEqual(CELLS)
  })

  it('leaves the scale of a million znodes out of a quick run, unless it is asked for by name', () => {
    expect(chooseCells([], true).filter(({ type }) => type === 'scale')).toEqual([])
    expect(chooseCells(['disk-bound'], true).map(({ id }) => id)).toEqual(['disk-bound'])
  })

  it('knows a cell that belongs to two groups in both', () => {
    for (const group of ['million', 'memory']) expect(chooseCells([group], false).map(({ id }) => id)).toContain('idle-sessions')
    expect(chooseCells(['million', 'memory'], false).filter(({ id }) => id === 'idle-sessions')).toHaveLength(1)
  })

  it('leaves what is only information of the clients out of a quick run', () => {
    const clients = chooseCells([], true).filter(({ type }) => type === 'client')
    expect(clients.map(({ id }) => id)).toEqual([
      'client-read-k1',
      'client-read-k64',
      'client-write-k64',
      'client-create-k64',
      'client-watches',
    ])
  })

  it('names what there is when a name is unknown', () => {
    expect(() => chooseCells(['read'], false)).toThrow(/expected some of reads, .*million.*read-c16k16.*, got read$/)
  })
})
