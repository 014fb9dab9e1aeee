// When snapshots are due: core/replica/snapshot-schedule.ts.

import { describe, expect, test } from 'vitest'
import { SnapshotSchedule } from '../../core/replica/snapshot-schedule.ts'

const EVERY = 100
const LARGE = 1_000

describe('SnapshotSchedule', () => {
  test('one is due after so many entries, counted from the one that the start found', () => {
    const schedule = new SnapshotSchedule(EVERY, 500)
    expect(schedule.due(599, LARGE, 0)).toBe(false)
    expect(schedule.due(600, LARGE, 0)).toBe(true)
  })

  test('none is due while one is being written', () => {
    const schedule = new SnapshotSchedule(EVERY, 0)
    schedule.began(100, 0)
    schedule.want()
    expect(schedule.due(10_000, 1, 5)).toBe(false)
  })

  test('the next one waits seven times as long as the last one took', () => {
    const schedule = new SnapshotSchedule(EVERY, 0)
    schedule.began(100, 1_000)
    schedule.ended(1_200)
    schedule.applied(2_600)
    expect(schedule.due(300, LARGE, 2_599)).toBe(false)
    expect(schedule.due(300, LARGE, 2_600)).toBe(true)
  })

  test('or until nothing was applied for a fifth of a second', () => {
    const schedule = new SnapshotSchedule(EVERY, 0)
    schedule.began(100, 0)
    schedule.ended(60_000)
    schedule.applied(60_500)
    expect(schedule.due(300, LARGE, 60_699)).toBe(false)
    expect(schedule.due(300, LARGE, 60_700)).toBe(true)
  })

  test('with as many entries as znodes nothing is put off', () => {
    const schedule = new SnapshotSchedule(EVERY, 0)
    schedule.began(100, 0)
    schedule.ended(60_000)
    schedule.applied(60_001)
    expect(schedule.due(100 + LARGE - 1, LARGE, 60_001)).toBe(false)
    expect(schedule.due(100 + LARGE, LARGE, 60_001)).toBe(true)
  })

  test('a small tree is written after every so many entries, however fast they come', () => {
    const schedule = new SnapshotSchedule(EVERY, 0)
    schedule.began(100, 0)
    schedule.ended(50)
    expect(schedule.due(200, 4, 51)).toBe(true)
  })

  test('one that is asked for waits for nothing but the one under way, and needs an entry', () => {
    const schedule = new SnapshotSchedule(EVERY, 0)
    schedule.began(100, 0)
    schedule.ended(60_000)
    schedule.want()
    expect(schedule.due(100, LARGE, 60_001)).toBe(false)
    expect(schedule.due(101, LARGE, 60_001)).toBe(true)
    schedule.began(101, 60_001)
    schedule.ended(60_002)
    expect(schedule.due(102, LARGE, 60_002)).toBe(false)
  })

  test('the snapshot of another server counts as one', () => {
    const schedule = new SnapshotSchedule(EVERY, 0)
    schedule.installed(1_000)
    expect(schedule.index).toBe(1_000)
    expect(schedule.due(1_099, 4, 0)).toBe(false)
    expect(schedule.due(1_100, 4, 0)).toBe(true)
  })
})
