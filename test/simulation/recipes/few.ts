// Lives the few seeds of every test run and prints what came of them as JSON. A program of its own: it puts a simulated Node in the place of the real one.
// With `--again` only the last of them, for a comparison of two processes.

import { liveSeed } from './lives.ts'
import { FAILED_ONCE, FEW, TROUBLE_MS } from './seeds.ts'

const troubleMs = TROUBLE_MS
const all = [...FEW.map((seed) => ({ seed, troubleMs })), ...FAILED_ONCE.map(({ seed, scenario }) => ({ seed, scenario, troubleMs }))]
const reports = []
for (const life of process.argv.includes('--again') ? all.slice(-1) : all) reports.push(await liveSeed(life))
console.log(JSON.stringify(reports))
