// bench: tells on stderr how far the run is: one line rewritten on a terminal, one line a step elsewhere.

export class Progress {
  readonly #isTerminal: boolean = process.stderr.isTTY === true
  #total = 0
  #done = 0

  /** So many steps will be counted. */
  expect(steps: number): void {
    this.#total = steps
  }

  /** Says what happens now, without counting it. */
  say(text: string): void {
    this.#write(text)
  }

  /** Says which of the counted steps begins. */
  step(text: string): void {
    this.#done += 1
    this.#write(`[${this.#done}/${this.#total}] ${text}`)
  }

  clear(): void {
    if (this.#isTerminal) process.stderr.write('\r\u001b[K')
  }

  #write(text: string): void {
    process.stderr.write(this.#isTerminal ? `\r\u001b[K${text}` : `${text}\n`)
  }
}
