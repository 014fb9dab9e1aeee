// Time in the recipes' source.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../recipes/', import.meta.url))

/** Where it is information for people, and nothing is decided by it. */
const TOLD_ONLY = [
  'registry/service-registry.ts: let instance: ServiceInstance = { service, id, address, port, payload, registeredMs: Date.now() }',
]

it('T-03, G-18: no recipe reads the wall clock to decide anything', () => {
  const uses = readdirSync(root, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((path) =>
      readFileSync(path, 'utf8')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => !line.startsWith('*') && !line.startsWith('//') && /\bnew Date\b|\bDate\.now\b|\bDate\(\)/.test(line))
        .map((line) => `${path.slice(root.length)}: ${line}`),
    )
  expect(uses).toEqual(TOLD_ONLY)
})
