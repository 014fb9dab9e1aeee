// The command as a process: what it prints, how it ends.

import { type ChildProcess, spawn } from 'node:child_process'
import { compiledCommand } from './compiled-command.ts'

export interface Listening {
  readonly event: 'listening'
  readonly host: string
  readonly port: number
  readonly dataDir: string | null
}

export interface StartOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Blocks of 512 bytes: the largest file that the process may write. */
  readonly fileSizeBlocks?: number
  /** A command that is given the server's command to run in its place, with the same process id. */
  readonly wrapper?: readonly string[]
}

export class CommandProcess implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly exited: Promise<number | string>
  stdout = ''
  stderr = ''
  #wake: () => void = () => {}

  private constructor(child: ChildProcess) {
    this.#child = child
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
      this.#wake()
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
      this.#wake()
    })
    this.exited = new Promise((resolve, reject) => {
      child.once('error', reject)
      // 'close' comes when the output was read to its end too.
      child.once('close', (code, signal) => {
        resolve(code ?? signal ?? 'unknown')
        this.#wake()
      })
    })
  }

  static async start(args: readonly string[], options: StartOptions = {}): Promise<CommandProcess> {
    const command = [...(options.wrapper ?? []), process.execPath, await compiledCommand(), ...args]
    return new CommandProcess(
      spawn(
        '/bin/sh',
        ['-c', `${options.fileSizeBlocks === undefined ? '' : `ulimit -f ${options.fileSizeBlocks};`} exec "$0" "$@"`, ...command],
        {
          stdio: ['ignore', 'pipe', 'pipe'],
          ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
          env: { ...withoutOwnVariables(process.env), ...options.env },
        },
      ),
    )
  }

  /** Runs to the end. */
  static async run(
    args: readonly string[],
    options: StartOptions = {},
  ): Promise<{ code: number | string; stdout: string; stderr: string }> {
    const child = await CommandProcess.start(args, options)
    const code = await child.exited
    return { code, stdout: child.stdout, stderr: child.stderr }
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** With --json: the line that says where it listens. Rejects when the process ends before. */
  async listening(): Promise<Listening> {
    return JSON.parse(await this.stdoutLine()) as Listening
  }

  /** The first line of stdout. */
  async stdoutLine(): Promise<string> {
    await this.until(() => this.stdout.includes('\n'), 'a line on stdout')
    return this.stdout.slice(0, this.stdout.indexOf('\n'))
  }

  /** Waits until `condition` holds of the output. */
  async until(condition: () => boolean, what: string): Promise<void> {
    let ended = false
    while (!condition()) {
      if (ended) throw new Error(`ended before ${what}; stdout: ${this.stdout}; stderr: ${this.stderr}`)
      ended = await Promise.race([
        this.exited.then(() => true),
        new Promise<false>((resolve) => {
          this.#wake = () => resolve(false)
        }),
      ])
    }
  }

  /** Nobody reads its stdout any more. */
  closeStdout(): void {
    this.#child.stdout?.destroy()
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.exited
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.kill()
  }
}

function withoutOwnVariables(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('ZOARIUM_')))
}
