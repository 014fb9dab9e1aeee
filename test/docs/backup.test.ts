// The backup page does what it says: its commands, one after the other, on a server of our own; and their output looks as it is shown.

import { execFile } from 'node:child_process'
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

function start(): Promise<CommandProcess> {
  return CommandProcess.start(['server', '--port', '0', '--json', '--data-dir', join(folder, 'lib'), '--snapshot-every-entries', '5'])
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zoarium-page-'))
  // `npx zoarium` is the command as it is now.
  const bin = join(folder, 'bin')
  await mkdir(bin)
  await mkdir(join(folder, 'backup'))
  await mkdir(join(folder, 'opt'))
  const command = `"${process.execPath}" "${await compiledCommand()}"`
  await shim(bin, 'npx', `[ "$1" = --no-install ] && shift; shift; exec ${command} "$@"`)
  // We are nobody's root: other users' commands are ours, and the service is the server that this test has started.
  await shim(bin, 'sudo', '[ "$1" = -u ] && shift 2; exec "$@"')
  await shim(bin, 'install', '[ "$1 $2 $3 $4 $5" = "-d -o zoarium -m 0700" ] && exec mkdir -m 0700 "$6"')
  await shim(
    bin,
    'systemctl',
    `[ "$1" = start ] && exit; cd "${folder}"; kill $(cat pid); while kill -0 $(cat pid) 2>/dev/null; do sleep 0.05; done`,
  )
  server = await start()
  const { port } = await server.listening()
  await writeFile(join(folder, 'pid'), `${server.pid}`)
  await using client = await connect(`127.0.0.1:${port}`)
  for (const path of ['/app', '/app/a', '/app/b', '/app/c']) await client.create(path, path)
})

afterAll(async () => {
  await server.kill()
  await rm(folder, { recursive: true })
})

async function shim(bin: string, name: string, script: string): Promise<void> {
  await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`)
  await chmod(join(bin, name), 0o755)
}

/** Runs a line of the page with its folders below ours. */
function run(line: string): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const command = line
    .replaceAll('/var/lib/zoarium', join(folder, 'lib'))
    .replaceAll('/backup', join(folder, 'backup'))
    .replaceAll('/opt/zoarium', join(folder, 'opt'))
  const { PATH = '' } = process.env
  const env = { ...process.env, PATH: join(folder, 'bin') + delimiter + PATH }
  return new Promise((resolve) => {
    const child = execFile('/bin/sh', ['-c', command], { env }, (_error, stdout, stderr) =>
      resolve({ status: child.exitCode, stdout, stderr }),
    )
  })
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
  it('shows commands that work, in its order, and what they print', async () => {
    let ran = 0
    for (const [at, block] of blocks.entries()) {
      if (block.language !== 'sh') continue
      let output = ''
      for (const line of block.lines) {
        const { status, stdout, stderr } = await run(line)
        expect({ line, status, stderr }).toEqual({ line, status: 0, stderr: '' })
        output += stdout
        ran += 1
      }
      const next = blocks[at + 1]
      if (next?.language === '') expect(shape(output)).toBe(shape(next.lines.join('\n')))
    }
    expect(ran).toBe(12)
  })

  it('leaves a restored service that goes on from there', async () => {
    expect(await server.exited).toBe(0)
    server = await start()
    await using client = await connect(`127.0.0.1:${(await server.listening()).port}`)
    expect((await client.getData('/app/c')).data?.toString()).toBe('/app/c')
    expect((await client.create('/new')).stat.czxid >> 32n).toBe(1002n)
  })

  it('has a line for cron that keeps a backup of the day', async () => {
    const line = blocks.find(({ language }) => language === 'cron')?.lines.find((text) => !text.startsWith('#')) ?? ''
    const match = /^\S+ \S+ \S+ \S+ \S+ zoarium (.*)$/.exec(line)
    // In a crontab % ends the command unless a backslash stands before it.
    expect(line.replaceAll('\\%', '')).not.toContain('%')
    const { status, stdout, stderr } = await run((match?.[1] ?? 'false').replaceAll('\\%', '%'))
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
    expect((await readdir(join(folder, 'backup'))).some((name) => /^zoarium-\d{4}-\d\d-\d\d\.snap$/.test(name))).toBe(true)
  })
})
