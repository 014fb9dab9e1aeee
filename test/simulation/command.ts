// npm run simulate -- --seeds N [--from S] [--trouble MS]: lives of whole ensembles, one after the other. A seed that fails is shown with its timeline and
// the command that lives it again.

import { parseArgs } from 'node:util'
import { World } from './world.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    from: { type: 'string', default: '1' },
    trouble: { type: 'string', default: '6000' },
    verbose: { type: 'boolean', default: false },
  },
})
const seeds = Number(values.seeds)
const from = Number(values.from)
const troubleMs = Number(values.trouble)
const began = performance.now()
const totals = new Map<string, number>()
let entries = 0
let failed = 0

for (let seed = from; seed < from + seeds; seed++) {
  const world = new World({ seed, troubleMs })
  try {
    const result = world.live()
    entries += result.entries
    for (const [what, count] of result.seen) totals.set(what, (totals.get(what) ?? 0) + count)
    if (values.verbose) console.log(seed, result.entries, result.fingerprint.toString(16), Object.fromEntries(result.seen))
  } catch (error) {
    failed += 1
    console.log(world.judge.timeline.slice(-60).join('\n'))
    console.log(`seed ${seed}: ${error instanceof Error ? (error.stack ?? error.message) : error}`)
    console.log(`again: npm run simulate -- --seeds 1 --from ${seed} --trouble ${troubleMs}\n`)
    if (failed >= 3) break
  }
  if (process.stderr.isTTY && seed % 10 === 0) process.stderr.write(`\r${seed - from + 1} of ${seeds} seeds`)
}
const seconds = (performance.now() - began) / 1000
console.log(
  `${seeds} seeds, ${entries} entries, ${failed} failed, ${seconds.toFixed(1)} s, ${Math.round((seeds / seconds) * 3600)} seeds/h`,
)
console.log(Object.fromEntries([...totals].sort()))
if (failed > 0) process.exitCode = 1
