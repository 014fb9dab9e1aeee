// npm run differential -- --sequences 100000 --seed 7        many sequences, shrunk differences on standard output
// npm run differential -- --seed 7 --replay 12 --keep 0,4     steps 0 and 4 of sequence 12, both transcripts side by side

import { parseArgs } from 'node:util'
import { replay, runCampaign } from './campaign.ts'
import { startBoth } from './differential-servers.ts'

const PROGRESS_MS = 10_000
const INTERRUPTED = 130

const { values } = parseArgs({
  options: {
    sequences: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
    lanes: { type: 'string', default: '16' },
    'max-differences': { type: 'string', default: '10' },
    reach: { type: 'string', default: 'memory' },
    replay: { type: 'string' },
    keep: { type: 'string' },
  },
})

function whole(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name}: expected a whole number, got ${text}`)
  return value
}

const seed = whole('seed', values.seed)
const servers = await startBoth(values.reach === 'tcp' ? 'tcp' : 'memory')
const interrupt = (): void => {
  void servers.stop().then(() => process.exit(INTERRUPTED))
}
process.once('SIGINT', interrupt).once('SIGTERM', interrupt)
try {
  if (values.replay !== undefined) {
    const kept = values.keep === undefined ? null : values.keep.split(',').map((text) => whole('keep', text))
    const { text, differs } = await replay(servers.both, seed, whole('replay', values.replay), kept)
    console.log(text)
    if (differs) process.exitCode = 1
  } else {
    const startedMs = Date.now()
    let lastMs = startedMs
    const result = await runCampaign({
      both: servers.both,
      seed,
      sequences: whole('sequences', values.sequences),
      first: whole('first', values.first),
      lanes: whole('lanes', values.lanes),
      maxDifferences: whole('max-differences', values['max-differences']),
      report: (text) => console.log(text),
      progress: (done) => {
        if (Date.now() - lastMs < PROGRESS_MS) return
        lastMs = Date.now()
        console.error(`${done} sequences, ${Math.round((done * 60_000) / (lastMs - startedMs))} a minute`)
      },
    })
    const seconds = (Date.now() - startedMs) / 1000
    console.log(
      `seed ${seed}: ${result.done} sequences, ${result.steps} steps, ${seconds.toFixed(0)} s: ` +
        `${result.differences} differences, ${result.unstable} unstable, ${result.leftBehind} folders left behind`,
    )
    console.log(result.coverage.join('\n'))
    for (const [rule, count] of result.excused) console.log(`  documented: ${rule}: ${count}`)
    if (result.differences > 0 || result.unstable > 0) process.exitCode = 1
  }
} finally {
  await servers.stop()
}
