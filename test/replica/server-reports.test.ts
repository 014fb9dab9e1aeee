// When the leader may let a session of another server expire: E = 500, H = 100, so a report is fresh for 1,100 ms.
import { beforeEach, describe, expect, it } from 'vitest'
import { ServerReports } from '../../core/replica/server-reports.ts'

const TIMEOUT_MS = 6_000

let reports: ServerReports

beforeEach(() => {
  reports = new ServerReports(500, 100)
  reports.begin(1_000)
})

describe('a leader, of the sessions of another server,', () => {
  it('that never reported: lets them go when E and a timeout have passed since its own beginning', () => {
    expect(reports.mayExpire(2, TIMEOUT_MS, 7_499)).toBe(false)
    expect(reports.mayExpire(2, TIMEOUT_MS, 7_500)).toBe(true)
  })

  it('that reports: lets them go while what it knows is fresh, by when it has asked', () => {
    reports.processed(2, 7, 20_000, 20_900)
    expect(reports.mayExpire(2, TIMEOUT_MS, 21_100)).toBe(true)
    expect(reports.mayExpire(2, TIMEOUT_MS, 21_101)).toBe(false)
  })

  it('that fell silent: waits for E and a timeout after its last report', () => {
    reports.processed(2, 7, 20_000, 20_900)
    expect(reports.mayExpire(2, TIMEOUT_MS, 27_399)).toBe(false)
    expect(reports.mayExpire(2, TIMEOUT_MS, 27_400)).toBe(true)
  })

  it('an older round that is answered late makes nothing older', () => {
    reports.processed(2, 7, 20_000, 20_100)
    reports.processed(2, 7, 19_000, 20_200)
    expect(reports.mayExpire(2, TIMEOUT_MS, 21_100)).toBe(true)
  })

  it('that was started again: does not take the reports of the new life for what the former one had heard and not told', () => {
    reports.processed(2, 7, 20_000, 20_100)
    for (let nowMs = 20_500; nowMs < 26_600; nowMs += 100) {
      reports.processed(2, 3, nowMs, nowMs)
      expect(reports.mayExpire(2, TIMEOUT_MS, nowMs)).toBe(false)
    }
    reports.processed(2, 3, 26_600, 26_600)
    expect(reports.mayExpire(2, TIMEOUT_MS, 26_600)).toBe(true)
  })
})
