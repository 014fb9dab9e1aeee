// What a run met: how often each operation ended in each code, and how many events came. A run that meets nothing shows nothing.

import { isClientOp, opName } from '../../../core/wire/op-classes.ts'
import type { Seen } from './observe.ts'
import type { Transcript } from './side.ts'

export class Coverage {
  readonly #outcomes = new Map<string, Map<string, number>>()

  /** Counts what our side said: where there is no difference the other side said the same. */
  count({ connections }: Transcript): void {
    for (const { kind, asked, seen, step } of connections.flat()) {
      if (kind === 'reply') {
        // The caretaker's own reads are not what was asked.
        if (asked !== null && step < CARETAKER_STEP)
          this.#add(isClientOp(asked.op) ? opName(asked.op) : 'unknown op', String(field(seen, 'err')))
      } else if (kind === 'event') this.#add('events', String(field(seen, 'event')))
      else this.#add('connections', kind)
    }
  }

  /** A line for each operation. */
  lines(): string[] {
    return [...this.#outcomes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, codes]) => `  ${name}: ${counts(codes)}`)
  }

  #add(name: string, outcome: string): void {
    let outcomes = this.#outcomes.get(name)
    if (outcomes === undefined) {
      outcomes = new Map()
      this.#outcomes.set(name, outcomes)
    }
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  }
}

/** The step number of what the caretaker reads. */
export const CARETAKER_STEP = 9999

function counts(outcomes: ReadonlyMap<string, number>): string {
  return [...outcomes]
    .sort(([, a], [, b]) => b - a)
    .map(([outcome, count]) => `${outcome} ${count}`)
    .join(', ')
}

function field(seen: Seen, name: string): unknown {
  return typeof seen === 'object' && seen !== null ? Reflect.get(seen, name) : null
}
