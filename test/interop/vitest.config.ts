// Vitest for the clients of others: needs Debian's zookeeper, zookeeper-bin and python3-kazoo, and a built package (npm run build).
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  root: fileURLToPath(new URL('../../', import.meta.url)),
  test: {
    include: ['test/interop/**/*.test.ts'],
    globalSetup: ['test/interop/support/requirements.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 300_000,
  },
})
