// When snapshots are due: core/replica/snapshot-schedule.ts.

import { describe, expect, test } from 'vitest'
import { SnapshotSchedule } from '../../core/replica/snapshot-schedule.ts'

const EVERY = 100
const LARGE = 1_000

describe('SnapshotSchedule', () => {
  test('one is due after so many entries, counted from the one that the start found', () => {
    const schedule = new SnapshotSchedule(EVERY, 500, LARGE)
    expect(schedule.due(599, LARGE, 0)).toBe(false)
    expect(schedule.due(600, LARGE, 0)).toBe(true)
  })

  test('none is due while one is being written', () => {
    const schedule = new SnapshotSchedule(EVERY, 0, 4)
    schedule.began(100, LARGE, 0)
    schedule.want()
    expect(schedule.due(10_000, 1, 5)).toBe(false)
  })

  test('the next one waits fifteen times as long as the last one took', () => {
    const schedule = new SnapshotSchedule(EVERY, 0, 4)
    schedule.began(100, LARGE, 1_000)
    schedule.ended(1_200)
    schedule.applied(4_200)
    expect(schedule.due(300, LARGE, 4_199)).toBe(false)
    expect(schedule.due(300, LARGE, 4_200)).toBe(true)
  })

  test('or until nothing was applied for a fifth of a second', () => {
    const schedule = new SnapshotSchedule(EVERY, 0, 4)
    schedule.began(100, LARGE, 0)
    schedule.ended(60_000)
    schedule.applied(60_500)
    expect(schedule.due(300, LARGE, 60_699)).toBe(false)
    expect(schedule.due(300, LARGE, 60_700)).toBe(true)
  })

  test('with as many entries as znodes, of which none is new, nothing is put off', () => {
    const schedule = new SnapshotSchedule(EVERY, 0, 4)
    schedule.began(100, LARGE, 0)
    schedule.ended(60_000)
    schedule.applied(60_001)
    expect(schedule.due(100 + LARGE - 1, LARGE, 60_001)).toBe(false)
    expect(schedule.due(100 + LARGE, LARGE, 60_001)).toBe(true)
  })

  test('a load that only creates waits for its pause: the snapshot would grow with it', () => {
    const schedule = new SnapshotSchedule(EVERY, 0, 4)
    schedule.began(100, LARGE, 0)
    schedule.ended(60_000)
    schedule.applied(900_000)
    expect(schedule.due(100 + 50 * LARGE, 51 * LARGE, 899_999)).toBe(false)
    expect(schedule.due(100 + 50 * LARGE, 51 * LARGE, 960_000)).toBe(true)
  })

  test('when most znodes have gone nothing is put off: a new snapshot is small', () => {
    const schedule = new SnapshotSchedule(EVERY, 0, 4)
    schedule.began(100, LARGE, 0)
    schedule.ended(60_000)
    schedule.applied(60_001)
    expect(schedule.due(100 + EVERY, LARGE / 2, 60_001)).toBe(false)
    expect(schedule.due(100 + EVERY, LARGE / 4, 60_001)).toBe(true)
  })

  test('a small tree is written after every so many entries, however fast they come', () => {
    const schedule = new SnapshotSchedule(EVERY, 0, 4)
    schedule.began(100, 4, 0)
    schedule.ended(50)
    expect(schedule.due(200, 4, 51)).toBe(true)
  })

  test('one that is asked for waits for nothing but the one under way, and needs an entry', () => {
    const schedule = new SnapshotSchedule(EVERY, 0, 4)
    schedule.began(100, LARGE, 0)
    schedule.ended(60_000)
    schedule.want()
    expect(schedule.due(100, LARGE, 60_001)).toBe(false)
    expect(schedule.due(101, LARGE, 60_001)).toBe(true)
    schedule.began(101, LARGE, 60_001)
    schedule.ended(60_002)
    expect(schedule.due(102, LARGE, 60_002)).toBe(false)
  })

  test('the snapshot of another server counts as one', () => {
    const schedule = new SnapshotSchedule(EVERY, 0, 4)
    schedule.installed(1_000, 4)
    expect(schedule.index).toBe(1_000)
    expect(schedule.due(1_099, 4, 0)).toBe(false)
    expect(schedule.due(1_100, 4, 0)).toBe(true)
  })
})
