// Builds the package into dist/: compiles TypeScript, copies generated code that tsc does not emit, marks the command executable.
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
process.chdir(root)
rmSync('dist', { recursive: true, force: true })
const tsc = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.json'], { stdio: 'inherit' })
if (tsc.status !== 0) process.exit(tsc.status ?? 1)
if (existsSync('core/peer/gen')) cpSync('core/peer/gen', 'dist/core/peer/gen', { recursive: true })
if (existsSync('dist/core/cli/main.js')) chmodSync('dist/core/cli/main.js', 0o755)
