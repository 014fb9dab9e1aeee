// The backup page does what it says: its commands, one after the other, on a server of our own; and their output looks as it is shown.

import { spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connect } from 'zoarium'
import { CommandProcess } from '../cli/command-process.ts'
import { compiledCommand } from '../cli/compiled-command.ts'

const page = await readFile(fileURLToPath(new URL('../../docs/operations/backup.md', import.meta.url)), 'utf8')

interface Block {
  readonly language: string
  readonly lines: readonly string[]
}

const blocks: readonly Block[] = [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```/gm)].map((match) => ({
  language: match[1] ?? '',
  lines: (match[2] ?? '').trim().split('\n'),
}))

let folder = ''
let server: CommandProcess

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zoarium-page-'))
  // `npx zoarium` is the command as it is now.
  const bin = join(folder, 'bin')
  await mkdir(bin)
  await mkdir(join(folder, 'backup'))
  await mkdir(join(folder, 'opt'))
  const shim = `#!/bin/sh\n[ "$1" = --no-install ] && shift\nshift\nexec "${process.execPath}" "${await compiledCommand()}" "$@"\n`
  await writeFile(join(bin, 'npx'), shim)
  await chmod(join(bin, 'npx'), 0o755)
  server = await CommandProcess.start([
    'server',
    '--port',
    '0',
    '--json',
    '--data-dir',
    join(folder, 'lib'),
    '--snapshot-every-entries',
    '5',
  ])
  const { port } = await server.listening()
  await using client = await connect(`127.0.0.1:${port}`)
  for (const path of ['/app', '/app/a', '/app/b', '/app/c']) await client.create(path, path)
})

afterAll(async () => {
  await server.kill()
  await rm(folder, { recursive: true })
})

/** Runs a line of the page with its folders below ours. */
function run(line: string): { status: number | null; stdout: string; stderr: string } {
  const command = line
    .replaceAll('/var/lib/zoarium', join(folder, 'lib'))
    .replaceAll('/backup', join(folder, 'backup'))
    .replaceAll('/opt/zoarium', join(folder, 'opt'))
  const { PATH = '' } = process.env
  const env = { ...process.env, PATH: join(folder, 'bin') + delimiter + PATH }
  return spawnSync('/bin/sh', ['-c', command], { encoding: 'utf8', env })
}

/** What differs from run to run: folders, numbers, hashes. */
function shape(text: string): string {
  return text
    .trim()
    .replaceAll(join(folder, 'lib'), '/var/lib/zoarium')
    .replaceAll(join(folder, 'backup'), '/backup')
    .replace(/\b[0-9a-f]{64}\b|0x[0-9a-f]+|\b\d+\b/g, '#')
}

describe('docs/operations/backup.md', () => {
  it('shows commands that work, in its order, and what they print', () => {
    let ran = 0
    for (const [at, block] of blocks.entries()) {
      if (block.language !== 'sh') continue
      const outputs = block.lines.map((line) => {
        const { status, stdout, stderr } = run(line)
        expect({ line, status, stderr }).toEqual({ line, status: 0, stderr: '' })
        ran += 1
        return stdout
      })
      const next = blocks[at + 1]
      const shown = next?.language === '' && !(next.lines[0] ?? '').startsWith('npx') ? next.lines.join('\n') : null
      if (shown !== null) expect(shape(outputs.join(''))).toBe(shape(shown))
    }
    expect(ran).toBe(8)
  })

  it('has a line for cron that keeps a backup of the day', async () => {
    const line = blocks.find(({ language }) => language === 'cron')?.lines.find((text) => !text.startsWith('#')) ?? ''
    const match = /^\S+ \S+ \S+ \S+ \S+ zoarium (.*)$/.exec(line)
    // In a crontab % ends the command unless a backslash stands before it.
    expect(line.replaceAll('\\%', '')).not.toContain('%')
    const { status, stdout, stderr } = run((match?.[1] ?? 'false').replaceAll('\\%', '%'))
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
    expect((await readdir(join(folder, 'backup'))).some((name) => /^zoarium-\d{4}-\d\d-\d\d\.snap$/.test(name))).toBe(true)
  })
})
