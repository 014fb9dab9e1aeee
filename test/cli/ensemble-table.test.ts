import { describe, expect, test } from 'vitest'
import { ensembleStatus, statusText } from '../../core/cli/ensemble-table.ts'
import type { EnsembleView } from '../../core/server/server-view.ts'
import { ENSEMBLE } from '../admin/made-view.ts'

/** What another server sees while its links stand as given. */
function seenBy(serverId: number, changes: Partial<EnsembleView> = {}): EnsembleView {
  const servers = ENSEMBLE.servers.map((server) => ({
    ...server,
    self: server.serverId === serverId,
    heard: true,
    serving: true,
    role: 'follower' as const,
    clockDifferenceMs: 0,
  }))
  return { ...ENSEMBLE, serverId, role: 'follower', servers, syncedFollowers: null, ...changes }
}

describe('the status of an ensemble', () => {
  test('as the leader sees it, when it answers: who is missing and whose clock is wrong', () => {
    const status = ensembleStatus([seenBy(2), ENSEMBLE])
    expect(status).toMatchObject({ state: 'degraded', leaderId: 1, term: 7 })
    expect(status.problems).toEqual([
      'the wall clock of server 2 differs from that of server 1 by +1500 ms',
      'server 3 is not heard of: it is down, or cannot be reached from server 1',
    ])
  })

  test('a server that the leader does not hear of may answer for itself', () => {
    const { servers, problems } = ensembleStatus([ENSEMBLE, seenBy(3, { inContact: false })])
    expect(servers[2]).toMatchObject({ serverId: 3, heard: true, self: true })
    expect(problems).toContain('server 3 runs, but server 1 has no link to it')
  })

  test('all well', () => {
    expect(ensembleStatus([seenBy(2)])).toMatchObject({ state: 'healthy', problems: [] })
  })

  test('without a quorum nobody is said to lead', () => {
    const status = ensembleStatus([seenBy(2, { inContact: false, role: 'candidate' })])
    expect(status).toMatchObject({ state: 'noQuorum', leaderId: 0 })
    expect(statusText(status)).toMatch(/^no quorum: ensemble of 3 servers, no leader is known\n/)
  })

  test('as a table', () => {
    expect(statusText(ensembleStatus([ENSEMBLE])).split('\n')).toEqual([
      'degraded: ensemble of 3 servers, server 1 leads in term 7',
      '',
      'server  clients        peers          role      term         zxid  digest            lag  contact     clock  serving  version',
      '     1  10.0.0.1:2181  10.0.0.1:2888  leader       7  0x700000009  fedcba9876543210    0    50 ms      0 ms  yes      0.1.0',
      '     2  10.0.0.2:2181  10.0.0.2:2888  follower     7  0x700000009  fedcba9876543210   40    50 ms  +1500 ms  yes      0.1.0',
      '     3  10.0.0.3:2181  10.0.0.3:2888  -            -            -  -                   -        -         -  -        -',
      '',
      'the wall clock of server 2 differs from that of server 1 by +1500 ms',
      'server 3 is not heard of: it is down, or cannot be reached from server 1',
      '',
    ])
  })
})
