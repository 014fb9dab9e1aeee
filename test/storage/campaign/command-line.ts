// What the commands of storage's campaigns share: options, progress on a terminal, a table of figures.
import { parseArgs } from 'node:util'

type Defaults = Readonly<Record<string, string | boolean>>
type Values<T extends Defaults> = { [K in keyof T]: T[K] extends boolean ? boolean : string }

/** Reads the command line; a bad one is told on stderr, sets exit code 2 and yields `null`. */
export function optionsOf<T extends Defaults, R>(defaults: T, usage: string, read: (values: Values<T>) => R): R | null {
  try {
    const options = Object.fromEntries(
      Object.entries(defaults).map(([name, value]) => [
        name,
        typeof value === 'boolean' ? ({ type: 'boolean', default: value } as const) : ({ type: 'string', default: value } as const),
      ]),
    )
    return read(parseArgs({ options }).values as Values<T>)
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\nusage: ${usage}`)
    process.exitCode = 2
    return null
  }
}

export function numberOf(text: string, name: string, least: number): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < least) {
    throw new Error(`--${name} wants a whole number of at least ${least}, got "${text}"`)
  }
  return value
}

const SHOW_EVERY_MS = 200

/** How far a long run is, on stderr when that is a terminal. */
export class Progress {
  readonly #total: number
  readonly #what: string
  readonly #begun = performance.now()
  #shown = 0

  constructor(total: number, what: string) {
    this.#total = total
    this.#what = what
  }

  show(done: number, more = ''): void {
    const now = performance.now()
    if (!process.stderr.isTTY || now - this.#shown < SHOW_EVERY_MS) return
    this.#shown = now
    const perSecond = Math.round((done * 1000) / (now - this.#begun))
    process.stderr.write(`\r\x1b[K${count(done)} of ${count(this.#total)} ${this.#what}, ${count(perSecond)}/s ${more}`)
  }

  /** Clears the line; seconds since the beginning. */
  end(): number {
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
    return Math.round(performance.now() - this.#begun) / 1000
  }
}

export function count(value: number): string {
  return value.toLocaleString('en-US')
}

export function table(rows: Readonly<Record<string, number | string>>): string {
  const width = Math.max(...Object.keys(rows).map((name) => name.length))
  const shown = Object.entries(rows).map(([name, value]) => [name, typeof value === 'number' ? count(value) : value] as const)
  const valueWidth = Math.max(...shown.map(([, value]) => value.length))
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${value.padStart(valueWidth)}`).join('\n')
}
