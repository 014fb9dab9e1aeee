// Vitest for the suites of locks, elections and groups on another server than the one in this process: the files that run in `npm test`,
// unchanged. RECIPES_ON says which: `zookeeper` (Debian's, needs the package) or `ensemble` (three processes of this package, needs a build).
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const { RECIPES_ON } = process.env

export default defineConfig({
  root: fileURLToPath(new URL('../../../', import.meta.url)),
  test: {
    include: [
      'test/recipes/mutex*.test.ts',
      'test/recipes/read-write-lock.test.ts',
      'test/recipes/semaphore.test.ts',
      'test/recipes/multi-lock.test.ts',
      'test/recipes/leader-election.test.ts',
      'test/recipes/succession.test.ts',
      'test/recipes/deadlocks.test.ts',
      'test/recipes/group.test.ts',
      'test/recipes/support/foundation.test.ts',
      ...(RECIPES_ON === 'ensemble' ? ['test/interop/recipes/failover.test.ts'] : []),
    ],
    globalSetup: ['test/interop/recipes/server.ts'],
    pool: 'forks',
    // The tests count the watches of their server.
    maxWorkers: 1,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
