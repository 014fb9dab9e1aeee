import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ExitCode, exitCodeOf } from '../../core/cli/exit-codes.ts'
import { endsWithin } from '../../core/cli/shutdown.ts'
import { ZoariumError } from '../../core/errors.ts'
import { compiledCommand } from './compiled-command.ts'

describe('shutdown', () => {
  test('work that ends in time', async () => {
    expect(await endsWithin(Promise.resolve(), 60_000)).toBe(true)
  })

  test('work that does not end in time is given up', async () => {
    expect(await endsWithin(new Promise(() => {}), 10)).toBe(false)
  })

  test('work that fails is told', async () => {
    await expect(endsWithin(Promise.reject(new Error('disk')), 60_000)).rejects.toThrow('disk')
  })

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)('a second %s ends the process at once', async (signal, code) => {
    const module = join(dirname(await compiledCommand()), 'shutdown.js')
    // A process that would take forever to stop.
    const script = `
      import { stopRequested } from ${JSON.stringify(module)}
      setInterval(() => {}, 1000)
      stopRequested().then((name) => console.log('asked by ' + name))
      console.log('ready')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    const lines = child.stdout.setEncoding('utf8')
    expect((await once(lines, 'data'))[0]).toBe('ready\n')
    child.kill(signal)
    expect((await once(lines, 'data'))[0]).toBe(`asked by ${signal}\n`)
    child.kill(signal)
    expect(await exited).toEqual([code, null])
  })
})

describe('exit codes', () => {
  function systemError(code: string, syscall: string): Error {
    return Object.assign(new Error(code), { code, syscall })
  }

  test('tell errors at start apart', () => {
    expect(exitCodeOf(new ZoariumError('ERR_CONFIG', 'x'))).toBe(ExitCode.config)
    expect(exitCodeOf(new ZoariumError('ERR_STORAGE', 'x', { cause: systemError('EACCES', 'open') }))).toBe(ExitCode.storageRefused)
    expect(exitCodeOf(systemError('EADDRINUSE', 'listen'))).toBe(ExitCode.cannotListen)
    expect(exitCodeOf(new ZoariumError('ERR_CONFIG', 'x', { cause: systemError('EACCES', 'listen') }))).toBe(ExitCode.cannotListen)
    expect(exitCodeOf(systemError('ENOTFOUND', 'getaddrinfo'))).toBe(ExitCode.cannotListen)
    for (const syscall of ['write', 'writev', 'fsync', 'fdatasync']) {
      expect(exitCodeOf(new ZoariumError('ERR_STORAGE', 'x', { cause: systemError('EIO', syscall) }))).toBe(ExitCode.storageFailed)
    }
    expect(exitCodeOf(new TypeError('x'))).toBe(ExitCode.internal)
    expect(exitCodeOf('x')).toBe(ExitCode.internal)
  })
})
