// Programs that drive a server with somebody else's client print one JSON line for each of their checks; this runs them and reads it.

import { spawn } from 'node:child_process'
import { exited } from './child-process.ts'
import { type RunningServer, SERVERS } from './servers.ts'

export interface CheckResult {
  readonly name: string
  readonly ok: boolean
  readonly error: string | null
}

/** By the name of the check. */
export type CheckResults = ReadonlyMap<string, CheckResult>

/** Runs `program` with `args` and the server's address. */
export async function runChecks(program: string, args: readonly string[], hosts: string): Promise<CheckResults> {
  const child = spawn(program, [...args, hosts], { stdio: ['ignore', 'pipe', 'pipe'] })
  let out = ''
  let log = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  const code = await exited(child)
  if (code !== 0) throw new Error(`${program} ended with ${code}:\n${log}`)
  const results = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as CheckResult)
  return new Map(results.map((result) => [result.name, result]))
}

/** Runs the checks on every server at once: they mostly wait. The servers are stopped when all is told. */
export async function runChecksOnAll(program: string, args: readonly string[]): Promise<ReadonlyMap<string, CheckResults>> {
  const servers: RunningServer[] = []
  try {
    const results = SERVERS.map(async ([name, start]): Promise<[string, CheckResults]> => {
      const server = await start()
      servers.push(server)
      return [name, await runChecks(program, args, server.hosts)]
    })
    const settled = await Promise.allSettled(results)
    return new Map(
      settled.map((result) => {
        if (result.status === 'rejected') throw result.reason
        return result.value
      }),
    )
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}
