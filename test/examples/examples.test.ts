// The examples run as their readers run them: compiled, each in a process of its own.

import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))

interface Outcome {
  readonly code: number | null
  readonly output: string
}

function run(script: string, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'dist/examples', script), ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output }))
  })
}

function jobFolders(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('zoarium-job-'))
}

describe('the main job', () => {
  it('survives the loss of a worker and of the master, and ends with one right result a file', { timeout: 120_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'zoarium-files-'))
    const before = jobFolders()
    try {
      for (let i = 0; i < 120; i++) writeFileSync(join(folder, `file-${i}.txt`), 'line\n'.repeat(i))
      const { code, output } = await run('main-job/main.js', folder)
      expect(output).toMatch(/kill -9 \d+: worker-2/)
      expect(output).toMatch(/worker-2\S* is lost; \d+ of its tasks go back to the queue/)
      expect(output).toMatch(/is re-assigned from worker-2/)
      expect(output).toMatch(/kill -9 \d+: master-\d, the acting master/)
      expect(output).toMatch(/master-\d takes over \(epoch 2/)
      expect(output).toMatch(/^all\s+120\s+7,140\s+35,700$/m)
      expect(output).toMatch(/All 120 files have exactly one accepted result, and it is right/)
      expect(output).not.toContain('\u001b')
      expect(code).toBe(0)
      expect(jobFolders()).toEqual(before)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('the main job on an ensemble', () => {
  it('survives the loss of a worker, of the leader of the ensemble and of the master, without an error of any client', {
    timeout: 180_000,
  }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'zoarium-files-'))
    const before = jobFolders()
    try {
      for (let i = 0; i < 120; i++) writeFileSync(join(folder, `file-${i}.txt`), 'line\n'.repeat(i))
      const { code, output } = await run('main-job/main.js', '--ensemble', folder)
      expect(output).toMatch(/an ensemble of 3 servers on 127\.0\.0\.1:\d+, 127\.0\.0\.1:\d+, 127\.0\.0\.1:\d+/)
      expect(output).toMatch(/kill -9 \d+: worker-2/)
      expect(output).toMatch(/kill -9 \d+: the leader of the ensemble; the others go on/)
      expect(output.match(/server \d leads the ensemble/g)?.length).toBeGreaterThanOrEqual(2)
      expect(output).toMatch(/kill -9 \d+: master-\d, the acting master/)
      expect(output).toMatch(/master-\d takes over \(epoch 2/)
      expect(output).toMatch(/^all\s+120\s+7,140\s+35,700$/m)
      expect(output).toMatch(/All 120 files have exactly one accepted result, and it is right/)
      expect(output).not.toMatch(/error/i)
      expect(code).toBe(0)
      expect(jobFolders()).toEqual(before)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('the lock example', () => {
  it('shows that a stopped holder is fenced off', { timeout: 60_000 }, async () => {
    const { code, output } = await run('lock.js')
    expect(output).toMatch(/carl was refused by the resource; its signal says: lost/)
    expect(output).toMatch(/The resource holds "dora, turn 1"; refused: "carl, turn 1"/)
    const tokens = [...output.matchAll(/token (\d+)/g)].map((match) => BigInt(match[1] ?? '0'))
    expect(tokens).toHaveLength(8)
    expect(tokens.every((token, i) => i === 0 || token > (tokens[i - 1] ?? token))).toBe(true)
    expect(code).toBe(0)
  })
})

describe('the config example', () => {
  it('reloads what is valid and keeps it when something else comes', { timeout: 60_000 }, async () => {
    const { code, output } = await run('config.js')
    expect(output.split('\n').filter((line) => line.startsWith('answer'))).toEqual([
      'answer: hello',
      'answer: hello hello hello',
      'answer: hello hello hello',
    ])
    expect(output).toMatch(/operator: .*expected 1 to 100, got 1000.*ERR_VALIDATION/)
    expect(output).toMatch(/service: version 2 is refused: greeting: expected a text/)
    expect(code).toBe(0)
  })
})
