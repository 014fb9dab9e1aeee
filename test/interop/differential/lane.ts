// A lane runs one sequence after the other on both servers at once, each in a folder of its own.

import { Caretaker } from './caretaker.ts'
import { compare, type Verdict } from './compare.ts'
import { Side, type Transcript } from './side.ts'
import type { Step } from './steps.ts'

/** Where the two servers listen. */
export interface Ports {
  readonly ours: number
  readonly theirs: number
}

export interface Run extends Verdict {
  readonly ours: Transcript
  readonly theirs: Transcript
}

/** How long a reply may take before silence is written down as the answer. */
const SILENCE_MS = 3000

export class Lane {
  readonly #ports: Ports
  readonly #ours: Caretaker
  readonly #theirs: Caretaker
  /** Folders that could not be taken away: they cost memory, nothing else. */
  leftBehind = 0

  private constructor(ports: Ports, ours: Caretaker, theirs: Caretaker) {
    this.#ports = ports
    this.#ours = ours
    this.#theirs = theirs
  }

  static async open(ports: Ports): Promise<Lane> {
    const [ours, theirs] = await Promise.all([Caretaker.open(ports.ours), Caretaker.open(ports.theirs)])
    return new Lane(ports, ours, theirs)
  }

  /** `root` must be new. Roots of a run have equal lengths. */
  async run(steps: readonly Step[], root: string): Promise<Run> {
    const [ours, theirs] = await Promise.all([
      this.#side(this.#ports.ours, this.#ours, steps, root),
      this.#side(this.#ports.theirs, this.#theirs, steps, root),
    ])
    return { ...compare(ours, theirs), ours, theirs }
  }

  close(): void {
    this.#ours.close()
    this.#theirs.close()
  }

  async #side(port: number, caretaker: Caretaker, steps: readonly Step[], root: string): Promise<Transcript> {
    await caretaker.makeFolder(root)
    const side = new Side(port, root, SILENCE_MS)
    try {
      await side.run(steps)
      await side.settle()
      const before = await caretaker.inspect(root, side.created, side)
      const { connections, created } = await side.closeAll()
      const after = await caretaker.survivors(created, side)
      if (!(await caretaker.cleanUp(root, created))) this.leftBehind += 1
      return { connections: [...connections, before, after], created }
    } finally {
      side.abandon()
    }
  }
}
