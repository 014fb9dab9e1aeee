// `zoarium import` as a process: what it prints and how it ends.

import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { copyFixture, type Expected } from '../tools/zookeeper-files.ts'
import { CommandProcess } from './command-process.ts'
import { compiledCommand } from './compiled-command.ts'
import { RawSession } from './raw-session.ts'

describe('zoarium import', () => {
  let folder: string
  let from: string
  let expected: Expected

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zoarium-import-'))
    from = join(folder, 'old')
    expected = copyFixture('ensemble', from)
    await compiledCommand()
  })

  afterAll(() => rm(folder, { recursive: true }))

  test('a dry run reads and checks everything, and writes nothing', async () => {
    const { code, stdout, stderr } = await CommandProcess.run(['import', '--from', from, '--dry-run', '--data-dir', join(folder, 'dry')])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^dry run {4}nothing was written\n/)
    expect(stdout).toContain(`${expected.lastZxid}, epoch 2; a server started on it gives zxids from 0x3eb00000000 on`)
    expect(stdout).toContain("digest     the tree has ZooKeeper's own digest")
    expect(existsSync(join(folder, 'dry'))).toBe(false)
  })

  test('makes a data directory that the server starts on, and says what it did as JSON', async () => {
    const dataDir = join(folder, 'new')
    const { code, stdout, stderr } = await CommandProcess.run(['import', '--from', from, '--data-dir', dataDir, '--json'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toMatchObject({
      dataDir,
      lastZxid: expected.lastZxid,
      nodes: expected.nodes.length,
      sessions: expected.sessions.length,
      digest: 'equal',
      droppedSessions: 0,
      notes: [expect.stringContaining('/zookeeper/config still names the servers of the old ensemble')],
    })
    await using server = await CommandProcess.start(['server', '--data-dir', dataDir, '--port', '0', '--json'])
    const { port } = await server.listening()
    const [session] = expected.sessions
    const id = BigInt(session?.id ?? 0)
    const identity = { hi: Number(id >> 32n), lo: Number(id & 0xffff_ffffn), password: Buffer.from(session?.password ?? '', 'hex') }
    const resumed = await RawSession.open(port, identity, 40_000, Number(expected.lastZxid))
    expect(resumed.identity).toEqual(identity)
    resumed.cut()
  })

  test('what is refused is one line on stderr and an exit code', async () => {
    const missing = await CommandProcess.run(['import', '--from', join(folder, 'nowhere'), '--dry-run'])
    expect(missing).toMatchObject({ code: 5, stdout: '' })
    expect(missing.stderr).toMatch(/^error: .*nowhere\/version-2 cannot be read; .*\(ERR_STORAGE\)\n$/)
    const full = await CommandProcess.run(['import', '--from', from, '--data-dir', from])
    expect(full).toMatchObject({ code: 5, stdout: '' })
    const logDir = await CommandProcess.run(['import', '--from', from, '--dry-run', '--log-dir', join(folder, 'nowhere')])
    expect(logDir).toMatchObject({ code: 3, stdout: '' })
    const nothing = await CommandProcess.run(['import', '--from', from])
    expect(nothing).toMatchObject({ code: 2, stdout: '' })
    expect(nothing.stderr).toContain('give --data-dir, or --dry-run')
    const zxid = await CommandProcess.run(['import', '--from', from, '--dry-run', '--after-zxid', 'x'])
    expect(zxid).toMatchObject({ code: 2, stdout: '' })
  })

  test('a server that is pointed at the old folder names the way over', async () => {
    const { code, stderr } = await CommandProcess.run(['server', '--data-dir', from, '--port', '0'])
    expect(code).toBe(5)
    expect(stderr).toContain(`zoarium import --from ${from} --data-dir <new folder>`)
  })
})
