// Vitest for everything that needs Node alone. Interop tests have a config of their own.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('../', import.meta.url))

export default defineConfig({
  root,
  resolve: {
    alias: [
      { find: /^zoarium$/, replacement: `${root}core/index.ts` },
      { find: /^zoarium\/recipes$/, replacement: `${root}recipes/index.ts` },
      { find: /^zoarium\/server$/, replacement: `${root}core/server/index.ts` },
      { find: /^zoarium\/testing$/, replacement: `${root}core/testing/index.ts` },
    ],
  },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['node_modules/**', 'dist/**', 'test/interop/**'],
    pool: 'forks',
    // One more than the smallest machine has cores: many tests wait.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
})
