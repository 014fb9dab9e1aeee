// Runs the checks that need no test: style, types, documentation; side by side, since each uses one core. What one prints appears when it has ended.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('../../', import.meta.url)))
const CHECKS = ['lint', 'types', 'docs']

/** Its exit code. */
function run(check) {
  return new Promise((resolve, reject) => {
    const env = process.stdout.isTTY && process.env['NO_COLOR'] === undefined ? { ...process.env, FORCE_COLOR: '1' } : process.env
    const child = spawn('npm', ['run', check], { env, stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' })
    const printed = []
    child.stdout.on('data', (chunk) => printed.push([process.stdout, chunk]))
    child.stderr.on('data', (chunk) => printed.push([process.stderr, chunk]))
    child.once('error', reject)
    child.once('close', (code) => {
      for (const [stream, chunk] of printed) stream.write(chunk)
      resolve(code ?? 1)
    })
  })
}

const codes = await Promise.all(CHECKS.map(run))
const failed = CHECKS.filter((_check, i) => codes[i] !== 0)
if (failed.length > 0) console.error(`failed: ${failed.join(', ')}`)
process.exitCode = failed.length > 0 ? 1 : 0
