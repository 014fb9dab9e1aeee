// kazoo's Lock, Election and Counter go on while each server of an ensemble is killed in turn, the leader among them.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { EnsembleProcesses } from '../../ensemble/ensemble-processes.ts'
import { PYTHON } from '../support/requirements.ts'

const SCRIPT = fileURLToPath(new URL('./failover.py', import.meta.url))

interface Counts {
  readonly lock: number
  readonly election: number
  readonly counter: number
  readonly unknown: number
  readonly done?: true
  readonly value?: number
  readonly problems?: readonly string[]
}

test('kazoo: Lock, Election and Counter survive kills of any one server', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zoarium-kazoo-'))
  {
    await using ensemble = await EnsembleProcesses.start(3, folder, { maxConnectionsPerAddress: 0 })
    const script = spawn(PYTHON, [SCRIPT, ensemble.connectString], { stdio: ['pipe', 'pipe', 'inherit'] })
    const exited = once(script, 'exit')
    let counts: Counts = { lock: 0, election: 0, counter: 0, unknown: 0 }
    createInterface({ input: script.stdout }).on('line', (line) => (counts = JSON.parse(line) as Counts))
    const progress = async (): Promise<void> => {
      const { lock, election, counter } = counts
      const went = (): boolean => counts.lock >= lock + 5 && counts.election >= election + 5 && counts.counter >= counter + 5
      while (!went()) {
        if (script.exitCode !== null) throw new Error('the script has ended')
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    }
    await progress()
    for (const id of ensemble.ids) {
      await ensemble.kill(id)
      await progress()
      await ensemble.start(id)
      await progress()
    }
    await ensemble.kill(await ensemble.leaderKnown())
    await progress()
    script.stdin.end('\n')
    expect(await exited).toEqual([0, null])
    expect(counts.problems).toEqual([])
    expect(counts.done).toBe(true)
  }
  rmSync(folder, { recursive: true })
}, 180_000)
