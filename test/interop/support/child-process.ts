// Child processes of the suite: started, waited for by what they print, and never left behind.

import { type ChildProcess, spawn } from 'node:child_process'

/** Resolves with the exit code, or the signal's name. */
export function exited(child: ChildProcess): Promise<number | string> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode ?? child.signalCode ?? 'unknown')
  return new Promise((resolve) => child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown')))
}

/** A program whose merged output is read like a terminal: send a line, wait for what it answers. */
export class Terminal {
  readonly #child: ChildProcess
  readonly #name: string
  #output = ''
  #read = 0
  #ended = false
  #wake: () => void = () => {}

  constructor(program: string, args: readonly string[]) {
    this.#name = program
    // One pipe for both streams keeps their lines in the order in which they were written.
    this.#child = spawn('/bin/sh', ['-c', 'exec "$0" "$@" 2>&1', program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text
      this.#wake()
    })
    this.#child.once('close', () => {
      this.#ended = true
      this.#wake()
    })
    // The program may end while a line is on its way; waitFor tells the story then.
    this.#child.stdin?.on('error', () => {})
  }

  send(line: string): void {
    this.#child.stdin?.write(`${line}\n`)
  }

  /** Waits until the output after the last match has one for `pattern`, and goes on reading behind it. */
  async waitFor(pattern: RegExp, limitMs = 20_000): Promise<RegExpExecArray> {
    const deadline = Date.now() + limitMs
    for (;;) {
      const rest = this.#output.slice(this.#read)
      const match = pattern.exec(rest)
      if (match !== null) {
        this.#read += match.index + match[0].length
        return match
      }
      if (this.#ended || Date.now() >= deadline) {
        throw new Error(
          `${this.#name}${this.#ended ? ' ended' : ''}: expected ${String(pattern)}, got:\n${rest}\nall of it:\n${this.#output}`,
        )
      }
      await this.#moreOutput(deadline - Date.now())
    }
  }

  /** Sends a line and waits for its answer. */
  ask(line: string, answer: RegExp): Promise<RegExpExecArray> {
    this.send(line)
    return this.waitFor(answer)
  }

  /** Everything printed so far. */
  get output(): string {
    return this.#output
  }

  /** Waits for the end of the program. */
  exited(): Promise<number | string> {
    return exited(this.#child)
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await exited(this.#child)
  }

  #moreOutput(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limitMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
