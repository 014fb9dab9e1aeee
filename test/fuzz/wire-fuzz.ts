// test/fuzz: the fuzzer of the client protocol as a command.
//
//   npm run build && npm run fuzz -- --frames 1000000 --seed 7 [--seconds 30] [--json]

import { realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { fuzzWire, type WireFuzzOptions, type WireFuzzReport } from './wire-fuzzer.ts'

export { fuzzWire, type WireFuzzOptions, type WireFuzzReport }

function table(report: WireFuzzReport): string {
  const rows: [string, string][] = [
    ['seed', String(report.seed)],
    ['frames', count(report.frames)],
    ['accepted', count(report.accepted)],
    ['refused', count(report.refused)],
    ...Object.entries(report.reasons).map(([reason, times]): [string, string] => [`  ${reason}`, count(times)]),
    ['frames/s', count(report.framesPerSecond)],
    ['peak growth', `${report.peakGrowthMiB} MiB`],
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value.padStart(12)}`).join('\n')
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

function numberOf(text: string, name: string, least: number): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value < least) throw new Error(`--${name} wants a number of at least ${least}, got "${text}"`)
  return value
}

function readOptions(): { readonly options: WireFuzzOptions; readonly json: boolean } {
  const { values } = parseArgs({
    options: {
      frames: { type: 'string', default: '100000' },
      seed: { type: 'string', default: String(Date.now() % 2 ** 32) },
      seconds: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  })
  const frames = numberOf(values.frames, 'frames', 1)
  const options = {
    frames,
    seed: numberOf(values.seed, 'seed', 0),
    ...(values.seconds === undefined ? {} : { seconds: numberOf(values.seconds, 'seconds', 0) }),
    ...(process.stderr.isTTY ? { onProgress: (sent: number) => process.stderr.write(`\r${count(sent)} of ${count(frames)} frames`) } : {}),
  }
  return { options, json: values.json }
}

/** Exit code 0: all refused as they should; 1: something else came out; 2: the command line was wrong. */
function main(): void {
  let given: ReturnType<typeof readOptions>
  try {
    given = readOptions()
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    process.exitCode = 2
    return
  }
  const report = fuzzWire(given.options)
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  console.log(given.json ? JSON.stringify(report, null, 2) : table(report))
  if (report.failure === null) return
  const { frame, name, hex, problem } = report.failure
  console.error(
    `\nFAILED at frame ${frame} (made from: ${name}): ${problem}\nframe: ${hex}\nagain: --seed ${report.seed} --frames ${frame + 1}`,
  )
  process.exitCode = 1
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) main()
