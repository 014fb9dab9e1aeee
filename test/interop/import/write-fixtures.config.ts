// Vitest for the program that writes the fixtures of the import's tests: needs Debian's zookeeper, and a built package.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: fileURLToPath(new URL('../../../', import.meta.url)),
  test: { include: ['test/interop/import/write-fixtures.ts'], pool: 'forks', testTimeout: 60_000 },
})
