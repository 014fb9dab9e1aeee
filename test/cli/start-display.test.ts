// What a long start shows: a changing line on a terminal, a log line a second otherwise, nothing when it is short.
import { expect, test } from 'vitest'
import { showStart, describe as text } from '../../core/cli/start-display.ts'
import { SILENT_LOGGER } from '../../core/support/logger.ts'

function setup(isTTY: boolean) {
  let nowMs = 1000
  const written: string[] = []
  const logged: unknown[] = []
  const logger = { ...SILENT_LOGGER, info: (fields: object, message: string) => logged.push({ ...fields, message }) }
  const display = showStart(logger, { isTTY, write: (chunk: string) => written.push(chunk) }, () => nowMs)
  return { display, written, logged, pass: (ms: number) => (nowMs += ms) }
}

test('a terminal sees a line that changes, and then none', () => {
  const { display, written, logged, pass } = setup(true)
  display.show({ phase: 'log', done: 1, total: null })
  expect(written).toEqual([])
  pass(600)
  display.show({ phase: 'snapshot', done: 2 ** 20, total: 2 ** 22 })
  display.show({ phase: 'snapshot', done: 2 ** 21, total: 2 ** 22 })
  pass(150)
  display.show({ phase: 'replay', done: 30_000, total: 120_000 })
  display.end()
  expect(written).toEqual([
    '\x1b[Kstarting: reading the snapshot, 25 % of 4 MiB\r',
    '\x1b[Kstarting: applying the log, 25 % of 120,000 entries\r',
    '\x1b[K',
  ])
  expect(logged).toEqual([])
})

test('a log gets a line every second', () => {
  const { display, written, logged, pass } = setup(false)
  for (let i = 0; i < 35; i++) {
    display.show({ phase: 'replay', done: i, total: 40 })
    pass(100)
  }
  display.end()
  expect(logged).toEqual([10, 20, 30].map((done) => ({ phase: 'replay', done, total: 40, message: 'starting' })))
  expect(written).toEqual([])
})

test('a short start shows nothing', () => {
  const { display, written, logged } = setup(true)
  display.show({ phase: 'log', done: 1, total: null })
  display.end()
  expect([...written, ...logged]).toEqual([])
})

test('what is read has no known end', () => {
  expect(text({ phase: 'log', done: 135 * 2 ** 20, total: null })).toBe('reading the log, 135 MiB')
})
