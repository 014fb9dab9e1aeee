// A short run of the differential tester against our whole server over TCP. The long ones: npm run differential.

import { afterAll, beforeAll, expect, it } from 'vitest'
import { runCampaign } from './campaign.ts'
import { type BothServers, startBoth } from './differential-servers.ts'

const SEQUENCES = 300

let servers: BothServers

beforeAll(async () => {
  servers = await startBoth('tcp')
})
afterAll(() => servers.stop())

it('finds no difference that is not documented', { timeout: 300_000 }, async () => {
  const reports: string[] = []
  const result = await runCampaign({
    both: servers.both,
    seed: 1,
    sequences: SEQUENCES,
    first: 0,
    lanes: 8,
    maxDifferences: 3,
    report: (text) => reports.push(text),
    progress: () => {},
  })
  expect(reports).toEqual([])
  expect(result).toMatchObject({ done: SEQUENCES, differences: 0, unstable: 0, leftBehind: 0 })
})
