// A process that lives every n-th seed and tells its parent of each: <from> <until> <step> <trouble-ms> <scenario or nothing>. See lives.ts.

import { liveSeed } from './lives.ts'
import { SCENARIOS, type ScenarioName } from './scenarios.ts'

const [from = 0, until = 0, step = 1, troubleMs = 1] = process.argv.slice(2, 6).map(Number)
const scenario = process.argv[6] ?? ''
const only = scenario in SCENARIOS ? { scenario: scenario as ScenarioName } : {}

// A parent that is gone wants nothing any more.
process.on('disconnect', () => process.exit(0))
for (let seed = from; seed < until; seed += step) {
  const life = await liveSeed({ seed, troubleMs, ...only })
  await new Promise<void>((resolve) => process.send?.(life, () => resolve()))
}
process.disconnect()
