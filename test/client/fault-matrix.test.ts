// A part of the fault matrix on this package's server: all of it, also on Apache ZooKeeper, is `npm run fault-matrix`.

import { expect, it } from 'vitest'
import { startTestServer } from '../../core/testing/index.ts'
import { cells, FaultMatrix } from './fault-matrix/matrix.ts'

/** Coprime to the number of faults, so that every fault and every message is met. */
const STEP = 7

it('no fault at any message makes a call hang, lie or leave something behind', { timeout: 120_000 }, async () => {
  await using server = await startTestServer()
  await using matrix = await FaultMatrix.open(server)
  const messages = await matrix.messages()
  expect(messages).toBeGreaterThan(15)
  const problems: string[] = []
  let happened = 0
  for (const cell of cells(messages, STEP)) {
    const result = await matrix.run(cell)
    if (result.happened) happened += 1
    problems.push(...result.problems.map((problem) => `${cell.fault}:${cell.message} ${problem}`))
  }
  expect(problems).toEqual([])
  expect(happened).toBeGreaterThan(messages)
})
