// Who a server of an ensemble is lies with its log, whole or not at all.
import { describe, expect, it } from 'vitest'
import { ZoariumError } from '../../core/errors.ts'
import type { Disk, Done, Got } from '../../core/storage/disk.ts'
import {
  decodeServerIdentity,
  encodeServerIdentity,
  readServerIdentity,
  removeServerIdentity,
  type ServerIdentity,
  writeServerIdentity,
} from '../../core/storage/server-identity.ts'
import { SimulatedDisk } from './simulated-disk.ts'

const FOUNDERS = [1, 2, 3].map((serverId) => ({ serverId, incarnation: String(serverId).repeat(32) }))
const IDENTITY: ServerIdentity = { serverId: 2, incarnation: '2'.repeat(32), founders: FOUNDERS }

/** What a call that calls back gave, on a disk that does so at once. */
function got<T>(disk: SimulatedDisk, call: (done: Got<T>) => void): T {
  let result: T | undefined
  let failure: Error | null = null
  call((error, value) => {
    failure = error
    result = value
  })
  disk.run()
  if (failure !== null || result === undefined) throw failure ?? new Error('nothing came')
  return result
}

function done(disk: SimulatedDisk, call: (done: Done) => void): void {
  got<true>(disk, (end) => call((error) => (error === null ? end(null, true) : end(error))))
}

function formatted(): SimulatedDisk {
  const disk = new SimulatedDisk(1)
  done(disk, (end) => disk.makeFolder('log', end))
  return disk
}

const read = (disk: SimulatedDisk): ServerIdentity | null => got(disk, (end) => readServerIdentity(disk as Disk, end))

describe('the identity of a server', () => {
  it('is read as it was written, with founders and without', () => {
    for (const identity of [IDENTITY, { ...IDENTITY, founders: null }])
      expect(decodeServerIdentity(encodeServerIdentity(identity))).toEqual(identity)
  })

  it('is none in a fresh directory, and again after it was removed', () => {
    const disk = formatted()
    expect(read(disk)).toBeNull()
    done(disk, (end) => removeServerIdentity(disk, end))
    done(disk, (end) => writeServerIdentity(disk, IDENTITY, end))
    expect(read(disk)).toEqual(IDENTITY)
    done(disk, (end) => removeServerIdentity(disk, end))
    expect(read(disk)).toBeNull()
  })

  it.each([
    ['an id of 0', { ...IDENTITY, serverId: 0 }],
    ['an incarnation that is too short', { ...IDENTITY, incarnation: 'ab' }],
    ['founders out of order', { ...IDENTITY, founders: [...FOUNDERS].reverse() }],
  ])('%s is refused', (_, identity) => {
    expect(() => decodeServerIdentity(encodeServerIdentity(identity))).toThrow(ZoariumError)
  })
})
