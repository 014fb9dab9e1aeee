// Vitest for the suites of the recipes, and of what the client does with a server, on another server than the one in this process: the files
// that run in `npm test`, unchanged. RECIPES_ON says which: `zookeeper` (Debian's, needs the package) or `ensemble` (three processes of this
// package, needs a build).
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const { RECIPES_ON = '' } = process.env

export default defineConfig({
  root: fileURLToPath(new URL('../../../', import.meta.url)),
  test: {
    include: [
      'test/recipes/**/*.test.ts',
      'test/client/behaviour/**/*.test.ts',
      ...(RECIPES_ON === 'ensemble' ? ['test/interop/recipes/failover.test.ts'] : []),
    ],
    // The suites of behaviour start their servers themselves.
    env: { CLIENT_SUITE_SERVER: RECIPES_ON },
    globalSetup: ['test/interop/recipes/server.ts'],
    pool: 'forks',
    // The tests count the watches of their server.
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
