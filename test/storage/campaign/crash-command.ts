// The crash campaign of storage as a command: a crash after every disk operation of one long workload.
//
//   npm run build && npm run storage:crash -- --operations 20000 --seed 7 [--json]

import { numberOf, optionsOf, Progress, table } from './command-line.ts'
import { crashCampaign } from './crash-campaign.ts'

const USAGE = 'npm run storage:crash -- [--operations N] [--seed S] [--json]'

function main(): void {
  const given = optionsOf({ operations: '20000', seed: '1', json: false }, USAGE, ({ operations, seed, json }) => ({
    operations: numberOf(operations, 'operations', 1),
    seed: numberOf(seed, 'seed', 0),
    json,
  }))
  if (given === null) return
  const { operations, seed, json } = given
  const progress = new Progress(operations, 'operations')
  const report = crashCampaign({ seed, operations, onProgress: (done) => progress.show(done) })
  const seconds = progress.end()
  const { failure, counts, ...numbers } = report
  const rows = { ...numbers, seconds, 'recoveries/s': Math.round(report.recoveries / seconds), ...counts }
  console.log(json ? JSON.stringify({ ...report, seconds }, null, 2) : table(rows))
  if (failure === null) return
  console.error(`\nFAILED: ${failure}\nagain: npm run storage:crash -- --seed ${seed} --operations ${report.operations}`)
  process.exitCode = 1
}

main()
