import { describe, expect, test } from 'vitest'
import { prettyLine } from '../../core/cli/process-logger.ts'

const LINE = { level: 'warn', time: '2026-01-02T03:04:05.678Z', pid: 1, remote: '127.0.0.1:5', count: 3, msg: 'refused' }

describe('the log for people', () => {
  test('time, level, message, then the fields', () => {
    expect(prettyLine(JSON.stringify(LINE), false)).toBe('03:04:05.678 WARN  refused remote=127.0.0.1:5 count=3\n')
  })

  test('the level is coloured on a terminal', () => {
    expect(prettyLine(JSON.stringify(LINE), true)).toBe('03:04:05.678 \x1b[33mWARN \x1b[0m refused remote=127.0.0.1:5 count=3\n')
  })

  test('the stack of an error stands below', () => {
    const line = { ...LINE, err: { type: 'Error', message: 'm', stack: 'Error: m\n    at f' } }
    expect(prettyLine(JSON.stringify(line), false)).toBe(
      '03:04:05.678 WARN  refused remote=127.0.0.1:5 count=3\n    Error: m\n        at f\n',
    )
  })

  test('an error that is only a text stays in the line', () => {
    expect(prettyLine(JSON.stringify({ ...LINE, error: 'EIO' }), false)).toContain('count=3 error=EIO\n')
  })
})
