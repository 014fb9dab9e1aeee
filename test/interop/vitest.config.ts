// Vitest for the clients of others, and for this client on Apache ZooKeeper: needs the Debian packages that support/requirements.ts names, and a built
// package (npm run build). INTEROP_NATIVE=1 adds the suite whose client must be compiled.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const { INTEROP_NATIVE } = process.env

export default defineConfig({
  root: fileURLToPath(new URL('../../', import.meta.url)),
  test: {
    // The behavioural suites of client and recipes are those that run on this package's server: the same files, another server.
    include: ['test/interop/**/*.test.ts', 'test/client/behaviour/**/*.test.ts', 'test/recipes/behaviour/**/*.test.ts'],
    env: {
      CLIENT_SUITE_SERVER: 'zookeeper',
      // Java's programs live for seconds here: to make their code fast takes more time than it saves.
      JAVA_TOOL_OPTIONS: '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC',
    },
    // The recipes' suites on other servers have a config of their own: npm run interop:recipes.
    exclude: ['test/interop/recipes/**', ...(INTEROP_NATIVE === '1' ? [] : ['test/interop/native-zookeeper/**'])],
    globalSetup: ['test/interop/support/requirements.ts'],
    pool: 'forks',
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 300_000,
  },
})
