// bench: the snapshots of a server are found in its log, also between lines that are none, and without the figure that older builds lack.

import { describe, expect, it } from 'vitest'
import { snapshotsIn } from './snapshot-log.ts'

describe('snapshotsIn', () => {
  it('finds them in order', () => {
    const log = [
      '{"level":"info","msg":"listening","port":2181}',
      '{"level":"info","index":100,"tookMs":40,"longestSliceMs":3.25,"msg":"snapshot saved"}',
      '(node:1) Warning: something that is not JSON',
      '{"level":"error","index":150,"msg":"snapshot not saved"}',
      '{"level":"info","index":200,"tookMs":50,"msg":"snapshot saved"}',
      'null',
      '{"level":"info","index":300,"tookMs":60,"longe',
    ].join('\n')
    expect(snapshotsIn(log)).toEqual([
      { index: 100, tookMs: 40, longestSliceMs: 3.25 },
      { index: 200, tookMs: 50, longestSliceMs: null },
    ])
  })

  it('finds none in an empty log', () => {
    expect(snapshotsIn('')).toEqual([])
  })
})
