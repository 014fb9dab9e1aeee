// A lane runs one sequence after the other on both servers at once, each in a folder of its own.

import { Caretaker } from './caretaker.ts'
import { compare, type Verdict } from './compare.ts'
import type { Dial } from './dial.ts'
import { Side, type Transcript } from './side.ts'
import type { Step } from './steps.ts'

/** How the two servers are reached. */
export interface Both {
  readonly ours: Dial
  readonly theirs: Dial
}

export interface Run extends Verdict {
  readonly ours: Transcript
  readonly theirs: Transcript
}

/** How long a reply may take before silence is written down as the answer. */
const SILENCE_MS = 3000

export class Lane {
  readonly #both: Both
  readonly #ours: Caretaker
  readonly #theirs: Caretaker
  /** Folders that could not be taken away: they cost memory, nothing else. */
  leftBehind = 0

  private constructor(both: Both, ours: Caretaker, theirs: Caretaker) {
    this.#both = both
    this.#ours = ours
    this.#theirs = theirs
  }

  static async open(both: Both): Promise<Lane> {
    const [ours, theirs] = await Promise.all([Caretaker.open(both.ours), Caretaker.open(both.theirs)])
    return new Lane(both, ours, theirs)
  }

  /** `root` must be new. Roots of a run have equal lengths. */
  async run(steps: readonly Step[], root: string): Promise<Run> {
    const [ours, theirs] = await Promise.all([
      this.#side(this.#both.ours, this.#ours, steps, root),
      this.#side(this.#both.theirs, this.#theirs, steps, root),
    ])
    return { ...compare(ours, theirs), ours, theirs }
  }

  close(): void {
    this.#ours.close()
    this.#theirs.close()
  }

  async #side(dial: Dial, caretaker: Caretaker, steps: readonly Step[], root: string): Promise<Transcript> {
    await caretaker.makeFolder(root)
    const side = new Side(dial, root, SILENCE_MS)
    try {
      await side.run(steps)
      const before = await caretaker.inspect(root, side.created, side)
      const { connections, created } = await side.closeAll()
      const after = side.hasEphemerals ? await caretaker.survivors(created, side) : []
      if (!(await caretaker.cleanUp(root, created))) this.leftBehind += 1
      return { connections: [...connections, before, after], created }
    } finally {
      side.abandon()
    }
  }
}
