import { describe, expect, it } from 'vitest'
import { livez, readyz } from '../../core/admin/health.ts'
import { HEALTHY } from './made-view.ts'

const OK = { status: 200, body: 'ok\n' }

describe('/livez', () => {
  it('is ok while the server starts, serves and drains, and while it only refuses writes', () => {
    expect(livez(null, false)).toEqual(OK)
    expect(livez(HEALTHY, false)).toEqual(OK)
    expect(livez({ ...HEALTHY, serving: false, draining: true }, false)).toEqual(OK)
    expect(livez({ ...HEALTHY, writeRefusal: 'the disk is nearly full' }, false)).toEqual(OK)
    expect(livez({ ...HEALTHY, diskStalledMs: 59_999 }, false)).toEqual(OK)
  })

  it('fails when storage has failed or the disk hangs for a minute, and says which', () => {
    expect(livez({ ...HEALTHY, storageFailure: 'EIO: i/o error, write' }, false)).toEqual({
      status: 503,
      body: '[+]event-loop ok\n[-]storage failed: EIO: i/o error, write\n[+]state ok\n[+]disk ok\nlivez check failed\n',
    })
    expect(livez({ ...HEALTHY, diskStalledMs: 60_000.4 }, false)).toEqual({
      status: 503,
      body: '[+]event-loop ok\n[+]storage ok\n[+]state ok\n[-]disk failed: an operation hangs for 60000 ms\nlivez check failed\n',
    })
  })

  it('lists its checks when asked for', () => {
    expect(livez(HEALTHY, true)).toEqual({
      status: 200,
      body: '[+]event-loop ok\n[+]storage ok\n[+]state ok\n[+]disk ok\nlivez check passed\n',
    })
  })
})

describe('/readyz', () => {
  it('is ok when clients are served', () => {
    expect(readyz(HEALTHY, false)).toEqual(OK)
    expect(readyz({ ...HEALTHY, diskStalledMs: 4999 }, false)).toEqual(OK)
  })

  it.each([
    [null, '[-]serving failed: the server is starting'],
    [{ ...HEALTHY, serving: false }, '[-]serving failed: clients are not served'],
    [{ ...HEALTHY, draining: true }, '[-]draining failed: the server is about to end'],
    [{ ...HEALTHY, storageFailure: 'ENOSPC' }, '[-]storage failed: ENOSPC'],
    [{ ...HEALTHY, stateFailure: 'a quorum has another' }, '[-]state failed: a quorum has another'],
    [{ ...HEALTHY, diskStalledMs: 5000 }, '[-]disk failed: an operation hangs for 5000 ms'],
  ])('fails otherwise, with the reason', (health, line) => {
    const { status, body } = readyz(health, false)
    expect(status).toBe(503)
    expect(body).toContain(`${line}\n`)
    expect(body).toMatch(/readyz check failed\n$/)
  })

  it('stays ok when writes are refused for lack of room: reads are answered, and verbose says it', () => {
    const low = { ...HEALTHY, writeRefusal: 'the disk is nearly full: 1 bytes free' }
    expect(readyz(low, false)).toEqual(OK)
    expect(readyz(low, true).body).toBe(
      '[+]serving ok\n[+]draining ok\n[+]storage ok\n[+]state ok\n[+]disk ok\nnote: client writes are refused: the disk is nearly full: 1 bytes free\nreadyz check passed\n',
    )
  })
})
