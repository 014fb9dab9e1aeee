// Lives seeds with one seeded bug in the code, in a process of its own whose loader puts it there.

import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

export interface Attack {
  /** The module that puts the bug in place, and the program that lives, with its options. */
  readonly hook: string
  readonly program: string
  readonly options: readonly string[]
  /** Names the bug to the hook. */
  readonly env: Readonly<Record<string, string>>
}

export interface AttackReport {
  /** Seeds lived, the one that failed included. */
  readonly seeds: number
  readonly failures: readonly { readonly seed: number; readonly failure: string }[]
}

/** Up to the first failure. Rejects when the process comes to no result. */
export async function attack({ hook, program, options, env }: Attack): Promise<AttackReport> {
  const args = ['--import', hook, program, ...options, '--workers', '1', '--failures', '1', '--json']
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const status = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), status])
  if (code !== 0 && code !== 1) throw new Error(`the simulation of ${Object.values(env).join()} ended with ${code}: ${err}`)
  return JSON.parse(out) as AttackReport
}
