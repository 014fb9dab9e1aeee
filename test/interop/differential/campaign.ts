// Many sequences on many lanes. A difference is run again, shrunk, and told; the run goes on.

import type { Difference } from './compare.ts'
import { Coverage } from './coverage.ts'
import { sequence } from './generator.ts'
import { type Both, Lane, type Run } from './lane.ts'
import { printDifference, printSteps, printTranscripts } from './print.ts'
import { shrink } from './shrink.ts'
import type { Step } from './steps.ts'

export interface CampaignOptions {
  readonly both: Both
  readonly seed: number
  readonly sequences: number
  /** The number of the first one. */
  readonly first: number
  readonly lanes: number
  /** After so many differences the run ends. */
  readonly maxDifferences: number
  readonly report: (text: string) => void
  readonly progress: (done: number) => void
}

export interface CampaignResult {
  readonly done: number
  readonly steps: number
  readonly differences: number
  /** Differences that did not come again when the same sequence was run again. */
  readonly unstable: number
  readonly excused: ReadonlyMap<string, number>
  readonly leftBehind: number
  /** What was met, a line for each operation. */
  readonly coverage: readonly string[]
}

/** How often a sequence that differed is run again to see whether it does so every time. */
const CONFIRMATIONS = 3

export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const campaign = new Campaign(options)
  return campaign.run()
}

/** Steps `kept` of one sequence, once; for replaying. Returns what to print. */
export async function replay(
  both: Both,
  seed: number,
  number: number,
  kept: readonly number[] | null,
): Promise<{ text: string; differs: boolean }> {
  const all = sequence(seed, number)
  const numbers = kept ?? all.map((_, i) => i)
  const steps = numbers.map((i) => all[i]).filter((step) => step !== undefined)
  const lane = await Lane.open(both)
  try {
    const run = await lane.run(steps, folder(number, 0))
    const verdict = run.difference === null ? 'no difference' : printDifference(run.difference)
    return {
      text: `${printSteps(steps, numbers)}\n\n${printTranscripts(run.ours, run.theirs)}\n\n${verdict}`,
      differs: run.difference !== null,
    }
  } finally {
    lane.close()
  }
}

class Campaign {
  readonly #options: CampaignOptions
  readonly #excused = new Map<string, number>()
  readonly #coverage = new Coverage()
  #next: number
  #done = 0
  #steps = 0
  #differences = 0
  #unstable = 0

  constructor(options: CampaignOptions) {
    this.#options = options
    this.#next = options.first
  }

  async run(): Promise<CampaignResult> {
    const { lanes, both } = this.#options
    const open = await Promise.all(Array.from({ length: lanes }, () => Lane.open(both)))
    try {
      await Promise.all(open.map((lane) => this.#work(lane)))
    } finally {
      for (const lane of open) lane.close()
    }
    return {
      done: this.#done,
      steps: this.#steps,
      differences: this.#differences,
      unstable: this.#unstable,
      excused: this.#excused,
      coverage: this.#coverage.lines(),
      leftBehind: open.reduce((sum, lane) => sum + lane.leftBehind, 0),
    }
  }

  async #work(lane: Lane): Promise<void> {
    const { first, sequences, maxDifferences, seed } = this.#options
    while (this.#next < first + sequences && this.#differences < maxDifferences) {
      const number = this.#next++
      const steps = sequence(seed, number)
      this.#steps += steps.length
      const { difference, excused, ours } = await lane.run(steps, folder(number, 0))
      this.#coverage.count(ours)
      for (const [rule, count] of excused) this.#excused.set(rule, (this.#excused.get(rule) ?? 0) + count)
      if (difference !== null) await this.#investigate(lane, number, steps, difference)
      this.#done += 1
      this.#options.progress(this.#done)
    }
  }

  async #investigate(lane: Lane, number: number, steps: readonly Step[], difference: Difference): Promise<void> {
    let attempt = 1
    const again = (kept: readonly number[]): Promise<Run> =>
      lane.run(
        kept.map((i) => steps[i] as Step),
        folder(number, attempt++),
      )
    const all = steps.map((_, i) => i)
    let confirmed = 0
    for (let i = 0; i < CONFIRMATIONS; i++) if ((await again(all)).difference !== null) confirmed += 1
    if (confirmed < CONFIRMATIONS) {
      this.#unstable += 1
      this.#options.report(
        `UNSTABLE (${confirmed} of ${CONFIRMATIONS} again): ${command(this.#options.seed, number, null)}\n${printSteps(steps, all)}\n${printDifference(difference)}\n`,
      )
      return
    }
    this.#differences += 1
    const kept = await shrink(steps.length, async (some) => (await again(some)).difference !== null)
    const last = await again(kept)
    this.#options.report(
      `DIFFERENCE: ${command(this.#options.seed, number, kept)}\n${printSteps(
        kept.map((i) => steps[i] as Step),
        kept,
      )}\n${printDifference(last.difference ?? difference)}\n`,
    )
  }
}

/** Twelve characters always, so that spoiled bytes lie at the same places in every run. */
function folder(number: number, attempt: number): string {
  return `/d${String(number).padStart(7, '0')}${attempt.toString(36).padStart(3, '0')}`
}

function command(seed: number, number: number, kept: readonly number[] | null): string {
  return `npm run differential -- --seed ${seed} --replay ${number}${kept === null ? '' : ` --keep ${kept.join(',')}`}`
}
