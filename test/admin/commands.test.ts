import { describe, expect, it } from 'vitest'
import { adminApp } from '../../core/admin/admin-app.ts'
import { COMMANDS, runCommand } from '../../core/admin/commands/commands-route.ts'
import { jsonText } from '../../core/admin/json-text.ts'
import type { ServerView } from '../../core/server/server-view.ts'
import { SILENT_LOGGER } from '../../core/support/logger.ts'
import { ENSEMBLE, madeView, resets, SESSION_A } from './made-view.ts'

async function get(path: string, changes: Partial<ServerView> = {}, token = 'secret'): Promise<{ status: number; text: string }> {
  const app = adminApp({ view: madeView(changes), token: 'secret', hosts: null, commandPath: '/commands', logger: SILENT_LOGGER })
  const response = await app.request(path, { headers: { Authorization: `Bearer ${token}` } })
  return { status: response.status, text: await response.text() }
}

describe('/commands', () => {
  it('lists the commands as links', async () => {
    const { status, text } = await get('/commands')
    expect(status).toBe(200)
    expect([...text.matchAll(/href="\/commands\/([a-z_]+)"/g)].map(([, name]) => name)).toEqual(COMMANDS.map(({ names: [name] }) => name))
    expect(COMMANDS).toHaveLength(27)
  })

  it('answers by name and by alias, with command and error at the end', async () => {
    for (const path of ['/commands/server_stats', '/commands/srvr', '/commands/SRVR']) {
      const { status, text } = await get(path)
      expect(status).toBe(200)
      expect(text).toMatch(/"command" : "server_stats",\n {2}"error" : null\n\}\n$/)
      expect(JSON.parse(text)).toMatchObject({
        version: '3.9.0-zoarium-0.1.0',
        server_stats: { packets_sent: 12, max_latency: 18 },
        node_count: 7,
      })
    }
  })

  it('answers an unknown command, and one that needs a serving server, with an error in the same shape', async () => {
    expect(await get('/commands/nope')).toEqual({ status: 404, text: '{\n  "command" : "nope",\n  "error" : "Unknown command: nope"\n}\n' })
    const { status, text } = await get('/commands/cons', { serving: false })
    expect(status).toBe(503)
    expect(JSON.parse(text)).toEqual({ command: 'connections', error: 'This ZooKeeper instance is not currently serving requests' })
    expect((await get('/commands/ruok', { serving: false })).status).toBe(200)
  })

  it('wants the token, whatever is asked for', async () => {
    for (const { names } of COMMANDS) expect((await get(`/commands/${names[0]}`, {}, 'guess')).status).toBe(401)
    expect((await get('/metrics', {}, 'guess')).status).toBe(401)
    expect((await get('/metrics')).text).toContain('znode_count 7\n')
  })

  it('asks no token of /livez and /readyz', async () => {
    expect(await get('/livez', {}, 'guess')).toEqual({ status: 200, text: 'ok\n' })
    expect((await get('/readyz?verbose', {}, 'guess')).text).toContain('[+]serving ok\n')
  })

  it('prints session ids as whole numbers, signed as in Java', async () => {
    expect((await get('/commands/cons')).text).toContain('"session_id" : 72057650375950336,')
    expect((await get('/commands/wchc')).text).toContain('"-72057594037927935" : [ "/app", "/none" ]')
    expect((await get('/commands/wchp')).text).toContain('"/app" : [ 72057650375950336, -72057594037927935 ]')
    expect((await get('/commands/dump')).text).toContain('"1795820822000" : [ 72057650375950336 ]')
  })

  it('shows settings without secrets, and the last snapshot', () => {
    expect(runCommand(madeView(), 'icfg').fields).toEqual({
      initial_configuration: 'host=127.0.0.1\nport=2181\n',
      command: 'initial_configuration',
      error: null,
    })
    expect(runCommand(madeView(), 'lsnp').fields).toMatchObject({ zxid: '200000010', timestamp: 1_700_000_000 })
  })

  it('resets what it is asked to', () => {
    resets.length = 0
    runCommand(madeView(), 'srst')
    runCommand(madeView(), 'crst')
    expect(resets).toEqual(['server', 'connections'])
  })

  it('says of a list that is too long that it is, instead of cutting it', async () => {
    const ephemerals = new Set(Array.from({ length: 100_001 }, (_, i) => `/${i}`))
    const { status, text } = await get('/commands/dump', {
      sessions: () => [{ sessionId: SESSION_A, timeoutMs: 1, expiresAtMs: 0, ephemerals }],
    })
    expect(status).toBe(500)
    expect(JSON.parse(text)).toEqual({ command: 'dump', error: 'too much to list at once: ... cut short after 100000 lines' })
  })

  it('is where the option says', async () => {
    const app = adminApp({ view: madeView(), token: 't', hosts: null, commandPath: '/zk/commands', logger: SILENT_LOGGER })
    const headers = { Authorization: 'Bearer t' }
    expect((await app.request('/zk/commands/ruok', { headers })).status).toBe(200)
    expect((await app.request('/commands/ruok', { headers })).status).toBe(404)
  })
})

describe('JSON', () => {
  it('is what JSON.parse reads back', () => {
    const value = { a: [1, 'two', null, true, { b: [] }, {}], 'c"d': 'line\nbreak', e: { f: -1.5 } }
    expect(JSON.parse(jsonText(value))).toEqual(value)
    expect(jsonText(2n ** 63n)).toBe('9223372036854775808')
  })
})

describe('a server of an ensemble', () => {
  const view = madeView({ ensemble: () => ENSEMBLE })

  it('says who leads and who votes, as ZooKeeper does', () => {
    expect(runCommand(view, 'lead').fields).toMatchObject({ is_leader: true, leader_id: 1, leader_ip: '10.0.0.1:2888', error: null })
    expect(runCommand(view, 'zabstate').fields).toMatchObject({ voting: true, zabstate: 'broadcast' })
    const { current_config: config } = runCommand(view, 'voting_view').fields
    expect(config).toMatchObject({
      1: { serverAddresses: ['10.0.0.1:2888'], clientAddress: '10.0.0.1:2181', learnerType: 'PARTICIPANT' },
      3: { serverAddresses: ['10.0.0.3:2888'] },
    })
  })

  it('tells all it knows of the others, also while it does not serve', () => {
    const { status, fields } = runCommand(madeView({ serving: false, ensemble: () => ENSEMBLE }), 'ensemble')
    expect(status).toBe(200)
    expect(fields).toEqual({ ensemble: ENSEMBLE, command: 'ensemble', error: null })
    expect(runCommand(madeView(), 'ensemble').fields).toMatchObject({ ensemble: null })
  })

  it('looks for a leader while it has no quorum', () => {
    const lost = madeView({ ensemble: () => ({ ...ENSEMBLE, inContact: false, role: 'candidate', leaderId: 0 }) })
    expect(runCommand(lost, 'zabstate').fields).toMatchObject({ zabstate: 'election' })
    expect(runCommand(lost, 'lead').fields).toMatchObject({ is_leader: false, leader_id: 0, leader_ip: '' })
  })
})
