import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EXIT_CODE_TEXTS } from '../../core/cli/exit-codes.ts'
import { serverFlags } from '../../core/cli/server-flags.ts'
import { VERSION } from '../../core/support/version.ts'
import { CommandProcess } from './command-process.ts'
import { compiledCommand } from './compiled-command.ts'

describe('the command line', () => {
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'zoarium-cli-'))
    await compiledCommand()
  })

  afterAll(() => rm(folder, { recursive: true }))

  test('version prints the versions of the package and of Node.js', async () => {
    expect(await CommandProcess.run(['version'])).toEqual({
      code: 0,
      stdout: `zoarium ${VERSION} (Node.js ${process.version})\n`,
      stderr: '',
    })
    expect(await CommandProcess.run(['--version'])).toMatchObject({ code: 0, stdout: `${VERSION}\n` })
    const { stdout } = await CommandProcess.run(['version', '--json'])
    expect(JSON.parse(stdout)).toEqual({ version: VERSION, node: process.version })
  })

  test('help of the server names every flag, every variable and every exit code', async () => {
    const { code, stdout } = await CommandProcess.run(['server', '--help'])
    expect(code).toBe(0)
    for (const { long, envVar } of serverFlags()) {
      expect(stdout).toContain(long)
      expect(stdout).toContain(`env: ${envVar}`)
    }
    for (const [exitCode, text] of Object.entries(EXIT_CODE_TEXTS)) expect(stdout).toContain(`  ${exitCode}  ${text}\n`)
  })

  test('the page on running a server has the same flags, variables and exit codes', async () => {
    const page = await readFile(new URL('../../docs/operations/running.md', import.meta.url), 'utf8')
    const flags = [...page.matchAll(/^\| `(--[^`]+)` \| `([^`]+)` \| (.+) \|$/gm)].map((row) => row.slice(1))
    expect(flags).toEqual(serverFlags().map(({ flags, envVar, description }) => [flags, envVar, description]))
    const codes = [...page.matchAll(/^\| (\d{1,2}) \| (.+) \|$/gm)].map((row) => row.slice(1))
    expect(codes).toEqual(Object.entries(EXIT_CODE_TEXTS))
  })

  test('wrong usage ends with 2, says what is possible on stderr and nothing on stdout', async () => {
    const cases: [args: string[], env: Record<string, string>, message: RegExp][] = [
      [[], {}, /Usage: zoarium/],
      [['serve'], {}, /unknown command 'serve'\n\(Did you mean server\?\)/],
      [['server', '--prt', '1'], {}, /unknown option '--prt'\n\(Did you mean --port\?\)/],
      [['server', '--port', 'x'], {}, /option '--port <number>' argument 'x' is invalid. Expected an integer./],
      [['server', '--log-level', 'loud'], {}, /Allowed choices are debug, info, warn, error, silent/],
      [['server'], { ZOARIUM_PORT: 'y' }, /value 'y' from env 'ZOARIUM_PORT' is invalid/],
      [['server'], { ZOARIUM_SKIP_ACL: '' }, /value '' from env 'ZOARIUM_SKIP_ACL' is invalid. Expected true or false/],
      [['server', '--in-memory', '--data-dir', 'x'], {}, /--data-dir and --in-memory contradict each other/],
      [['server', 'a.cfg', 'b.cfg'], {}, /too many arguments/],
    ]
    for (const [args, env, message] of cases) {
      const { code, stdout, stderr } = await CommandProcess.run(args, { env })
      expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' })
      expect(stderr).toMatch(message)
    }
  })

  test('a wrong configuration ends with 3 and one line that names the place', async () => {
    const path = join(folder, 'bad.cfg')
    await writeFile(path, 'tickTime=2000\nclientPrt=1\n')
    const cases: [args: string[], env: Record<string, string>, message: string][] = [
      [['server', path], {}, `${path}:2: clientPrt: expected a key of zoo.cfg, got an unknown one; did you mean clientPort?`],
      [['server'], { ZOARIUM_CONFIG: join(folder, 'none.cfg') }, 'none.cfg: expected a readable configuration file'],
    ]
    for (const [args, env, message] of cases) {
      const { code, stdout, stderr } = await CommandProcess.run(args, { env })
      expect({ args, code, stdout }).toEqual({ args, code: 3, stdout: '' })
      expect(stderr).toMatch(/^error: .*\n$/)
      expect(stderr).toContain(message)
    }
  })

  test('options that do not fit together end with 3, too', async () => {
    const flags = ['server', '--in-memory', '--min-session-timeout-ms', '5', '--max-session-timeout-ms', '4']
    const { code, stderr } = await CommandProcess.run(flags)
    expect(code).toBe(3)
    expect(stderr).toContain('minSessionTimeoutMs: expected at most maxSessionTimeoutMs (4), got 5')
  })
})
