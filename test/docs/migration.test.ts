// The examples of the migration page are run, one after the other, against a server.

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, vi } from 'vitest'
import { startServer } from '../../core/server/index.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const PAGE = 'docs/guide/from-node-zookeeper-client.md'
const ADDRESS = "'127.0.0.1:2181'"

it('every block of the migration page runs', async () => {
  const page = await readFile(join(root, PAGE), 'utf8')
  const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? '')
  expect(blocks.length).toBeGreaterThanOrEqual(3)
  await using server = await startServer()
  const said: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((...words: unknown[]) => void said.push(words.join(' ')))
  const folder = join(root, '.tmp', `migration-${process.pid}`)
  await mkdir(folder, { recursive: true })
  try {
    for (const [i, block] of blocks.entries()) {
      expect(block).toContain(ADDRESS)
      const file = join(folder, `block-${i}.ts`)
      await writeFile(file, block.replaceAll(ADDRESS, `'${server.connectString}'`))
      await import(file)
    }
  } finally {
    log.mockRestore()
    await rm(folder, { recursive: true })
  }
  expect(said[0]).toMatch(/^changed \/migration\/app\/job-\d{10}$/)
  expect(said.at(-1)).toMatch(/^connected -?\d+ 30000$/)
  expect(server.view.stats().nodeCount).toBe(4)
})
