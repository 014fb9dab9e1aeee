// The tarball as a stranger gets it, in a project of his own: the command, a lock and a watch in TypeScript under `strict`, as an ES module
// and as CommonJS. Without a network: the tarball is unpacked where npm would, and beside it stands what package.json declares, and
// nothing else. So this proves that the packed files, their exports, declarations and declared dependencies suffice. It does not prove
// that the registry's versions of the dependencies do, nor what npm says while it installs.

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)
const ADDRESS = "'127.0.0.1:2181'"

let project = ''
let server: { readonly address: string; stop(): Promise<void> }

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'zoarium-pack-'))
  const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', project], { cwd: root })
  const [{ filename }] = JSON.parse(packed.stdout) as [{ filename: string }]
  const modules = join(project, 'node_modules')
  await mkdir(join(modules, 'zoarium'), { recursive: true })
  await run('tar', ['-xzf', join(project, filename), '-C', join(modules, 'zoarium'), '--strip-components=1'])
  const { dependencies } = JSON.parse(await readFile(join(modules, 'zoarium', 'package.json'), 'utf8')) as Manifest
  for (const name of [...Object.keys(dependencies), '@types/node']) {
    await mkdir(dirname(join(modules, name)), { recursive: true })
    await symlink(join(root, 'node_modules', name), join(modules, name))
  }
  // What `npm init -y` and a reader's first tsconfig say.
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'app', version: '1.0.0', type: 'commonjs' }))
  const compilerOptions = { strict: true, module: 'nodenext', target: 'es2022', outDir: 'out' }
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
  server = await startPacked()
}, 120_000)

afterAll(async () => {
  await server.stop()
  await rm(project, { recursive: true })
})

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>
  readonly bin: { readonly zoarium: string }
}

/** The packed command, on a folder of the project. */
async function startPacked(): Promise<typeof server> {
  const home = join(project, 'node_modules', 'zoarium')
  const { bin } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as Manifest
  const flags = ['server', '--port', '0', '--json', '--data-dir', join(project, 'data')]
  const child = spawn(process.execPath, [join(home, bin.zoarium), ...flags], { stdio: ['ignore', 'pipe', 'ignore'] })
  const [line] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string]
  const { port } = JSON.parse(line.split('\n')[0] ?? '') as { port: number }
  return {
    address: `127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGTERM')
      expect(await once(child, 'exit')).toEqual([0, null])
    },
  }
}

/** The `index`-th ts block of a page in the tarball that has the words. */
async function block(page: string, words: string): Promise<string> {
  const text = await readFile(join(project, 'node_modules', 'zoarium', page), 'utf8')
  const found = [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '').find((code) => code.includes(words))
  if (found === undefined) throw new Error(`${page} has no block with ${words}`)
  expect(found).toContain(ADDRESS)
  return found.replaceAll(ADDRESS, `'${server.address}'`)
}

const COMMON_JS = `import { connect } from 'zoarium'
import { Mutex } from 'zoarium/recipes'
import { startServer } from 'zoarium/server'
import { startTestServer } from 'zoarium/testing'

async function main(): Promise<void> {
  await using server = await startTestServer()
  await using client = await connect(server.connectString)
  await using mutex = new Mutex(client, '/locks/report')
  await mutex.run(({ token }) => console.log('mine', token > 0n, typeof startServer))
}
void main()
`

describe('the packed package in a project of its own', () => {
  it('compiles under strict and runs: the lock of the README, a watch of the guide, CommonJS', async () => {
    await writeFile(join(project, 'lock.mts'), await block('README.md', 'new Mutex('))
    const watch = await block('docs/guide/client.md', "watch('/config', { recursive: true })")
    const creates = "void client.create('/config/x').then(() => client.close())"
    await writeFile(
      join(project, 'watch.mts'),
      watch
        .replace('await using watch', "await client.ensurePath('/config')\nawait using watch")
        .replace('for await', `${creates}\nfor await`),
    )
    await writeFile(join(project, 'common.ts'), COMMON_JS)
    const compiled = await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project], { cwd: project }).catch(
      (error: { stdout: string }) => error,
    )
    expect(compiled.stdout).toBe('')
    const says = async (file: string): Promise<string[]> =>
      (await run(process.execPath, [join(project, 'out', file)], { cwd: project })).stdout.trim().split('\n')
    expect(await says('lock.mjs')).toEqual([expect.stringMatching(/^mine, with token \d+, lost: false$/)])
    expect(await says('watch.mjs')).toEqual(['[]', expect.stringMatching(/^created \/config\/x/), 'the client was closed'])
    expect(await says('common.js')).toEqual(['mine true function'])
  }, 120_000)

  it('is required by plain CommonJS', async () => {
    await writeFile(join(project, 'plain.cjs'), `const { connect } = require('zoarium')\nconsole.log(typeof connect)\n`)
    expect((await run(process.execPath, [join(project, 'plain.cjs')])).stdout).toBe('function\n')
  })

  it('brings the pages that its README and guide link to', async () => {
    const home = join(project, 'node_modules', 'zoarium')
    const missing: string[] = []
    for (const page of ['README.md', 'docs/guide/client.md']) {
      const text = await readFile(join(home, page), 'utf8')
      for (const [, target] of text.matchAll(/\]\(((?!http)[^)#]+)\)/g)) {
        if (!existsSync(join(home, dirname(page), target ?? ''))) missing.push(`${page}: ${target}`)
      }
    }
    expect(missing).toEqual([])
  })
})
