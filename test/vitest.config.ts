// Vitest for everything that needs Node alone. Interop tests have a config of their own.
//
// A fresh process needs half a second to load what a test file imports. Files of some folders share processes, then, but for those that do something
// others would feel, or that others would disturb: spies, limits for all tests, listeners of the process, counts of its memory and its sockets.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('../', import.meta.url))

const SHARING_FOLDERS = /^(admin|bench|client|consensus|peer|recipes|replica|simulation|storage|tree|wire)[/\\]/
const OF_THE_PROCESS = /\bvi\.|\bprocess\.(on|once|chdir|memoryUsage|getActiveResourcesInfo)\b/
/** Their server is one for all tests of a file, and ends with the file. */
const WITH_A_SERVER = /^(client|recipes)[/\\]behaviour[/\\]/

const sharing = readdirSync(new URL('./', import.meta.url), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts') && SHARING_FOLDERS.test(name) && !WITH_A_SERVER.test(name))
  .filter((name) => !OF_THE_PROCESS.test(readFileSync(new URL(name, import.meta.url), 'utf8')))
  .map((name) => `test/${name.replaceAll('\\', '/')}`)

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
    pool: 'forks',
    // One more than the smallest machine has cores: many tests wait.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    projects: [
      { extends: true, test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: ['test/interop/**', ...sharing] } },
      { extends: true, test: { name: 'sharing', include: sharing, isolate: false } },
    ],
  },
})
