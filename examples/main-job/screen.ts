// examples: what the main job shows: lines of what happens and, on a terminal, a bar that moves.

import { styleText } from 'node:util'

type Style = 'green' | 'red' | 'yellow' | 'cyan' | 'bold' | 'dim'

const BAR_WIDTH = 30
/** Without a terminal a line of progress is printed at every tenth. */
const PLAIN_STEPS = 10

export class Screen {
  readonly #terminal = process.stdout.isTTY === true
  readonly #colour: boolean
  #bar = ''
  #plainStep = -1
  #startedMs = performance.now()

  constructor() {
    const { NO_COLOR: noColor } = process.env
    this.#colour = this.#terminal && (noColor === undefined || noColor === '')
  }

  style(style: Style, text: string): string {
    return this.#colour ? styleText(style, text) : text
  }

  /** A line that stays. */
  line(text: string): void {
    const seconds = ((performance.now() - this.#startedMs) / 1000).toFixed(1).padStart(5)
    this.plain(`${this.style('dim', `${seconds} s`)}  ${text}`)
  }

  /** A line without the time. */
  plain(text: string): void {
    this.#clear()
    process.stdout.write(`${text}\n`)
    this.#draw()
  }

  progress(done: number, total: number, note: string): void {
    const share = total === 0 ? 1 : done / total
    if (this.#terminal) {
      const filled = Math.round(share * BAR_WIDTH)
      this.#clear()
      this.#bar = `         ${this.style('green', '#'.repeat(filled))}${'.'.repeat(BAR_WIDTH - filled)} ${done}/${total}  ${note}`
      this.#draw()
      return
    }
    const step = Math.floor(share * PLAIN_STEPS)
    if (step === this.#plainStep) return
    this.#plainStep = step
    this.line(`${done} of ${total} files done${note === '' ? '' : `, ${note}`}`)
  }

  endProgress(): void {
    this.#clear()
    this.#bar = ''
  }

  table(header: readonly string[], rows: readonly (readonly string[])[]): void {
    const widths = header.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)))
    const format = (row: readonly string[]): string =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('   ')
    this.plain(this.style('bold', format(header)))
    this.plain(widths.map((width) => '-'.repeat(width)).join('   '))
    for (const row of rows) this.plain(format(row))
  }

  #clear(): void {
    if (this.#terminal && this.#bar !== '') process.stdout.write('\r\u001b[2K')
  }

  #draw(): void {
    if (this.#terminal && this.#bar !== '') process.stdout.write(this.#bar)
  }
}
