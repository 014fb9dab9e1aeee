// client: the one timer of a client. It rings in two steps, because a timer that is late may mean that the whole process was paused:
//
//   timers phase    rang      deadlines of beliefs: nothing that waits in a socket can extend them
//   poll phase                the event loop reads what has come
//   check phase     judge     who was silent, what is to be sent: judged on what has been read

import { clearImmediate, clearTimeout, setImmediate, setTimeout } from 'node:timers'

export class Alarm {
  readonly #onTimer: () => void
  readonly #onCheck: () => void
  #timer: NodeJS.Timeout | null = null
  #check: NodeJS.Immediate | null = null

  constructor(rang: (nowMs: number) => void, judge: (nowMs: number) => void) {
    this.#onTimer = () => {
      this.#timer = null
      this.#check = setImmediate(this.#onCheck)
      rang(performance.now())
    }
    this.#onCheck = () => {
      this.#check = null
      judge(performance.now())
    }
  }

  /** Rings at that time of the monotonic clock, instead of whenever it would have rung. */
  set(atMs: number): void {
    this.clear()
    this.#timer = setTimeout(this.#onTimer, Math.max(1, Math.ceil(atMs - performance.now())))
  }

  clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    if (this.#check !== null) clearImmediate(this.#check)
    this.#timer = null
    this.#check = null
  }
}
