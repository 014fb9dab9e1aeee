// The npm package `zookeeper`, ZooKeeper's C client inside Node. It is compiled when it is installed, so it is no dependency of this package:
// the suite runs with INTEROP_NATIVE=1 only (npm run interop-table), and installs it into a folder of its own.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { type CheckResults, runChecksOnAll } from '../support/check-results.ts'
import { exited } from '../support/child-process.ts'
import { SERVERS } from '../support/servers.ts'

const VERSION = '7.3.0'
const SCRIPT = fileURLToPath(new URL('./checks.mjs', import.meta.url))
/** Kept for the next run. */
const folder = join(tmpdir(), `zoarium-native-zookeeper-${VERSION}`)

async function install(): Promise<void> {
  if (existsSync(join(folder, 'node_modules/zookeeper/build/Release/zookeeper.node'))) return
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "private": true }')
  const child = spawn('npm', ['install', '--no-audit', '--no-fund', '--foreground-scripts', `zookeeper@${VERSION}`], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (log += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  const code = await exited(child)
  if (code !== 0) throw new Error(`npm install zookeeper ended with ${code}; it needs a C++ compiler and make:\n${log}`)
}

await install()
const names = spawnSync(process.execPath, [SCRIPT, folder, '--list'], { encoding: 'utf8' }).stdout.trim().split('\n')
let results: ReadonlyMap<string, CheckResults>

beforeAll(async () => {
  results = await runChecksOnAll(process.execPath, [SCRIPT, folder])
})

test('the script lists its checks', () => {
  expect(names.length).toBeGreaterThanOrEqual(9)
})

describe.each(SERVERS)('native zookeeper: %s', (server) => {
  test.each(names)('%s', (name) => {
    expect(results.get(server)?.get(name)).toEqual({ name, ok: true, error: null })
  })
})
