import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type EnsembleSettings, ensembleSettings } from '../../core/cli/ensemble-settings.ts'
import type { EnsembleFlags } from '../../core/cli/server-flags.ts'
import { ZoariumError } from '../../core/errors.ts'
import { parseZooConfig } from '../../core/server/zoo-config.ts'

const THREE = ['server.1=a:2888;2181', 'server.2=b:2888;2182', 'server.3=c:2888;0.0.0.0:2183']

let dataDir = ''
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'zoarium-myid-'))
})
afterEach(() => rm(dataDir, { recursive: true }))

function settings(lines: readonly string[], flags: EnsembleFlags = {}, serverId?: number): Promise<EnsembleSettings> {
  return ensembleSettings(parseZooConfig(lines.join('\n'), 'zoo.cfg'), flags, serverId === undefined ? {} : { serverId }, dataDir)
}

async function refusal(lines: readonly string[], flags: EnsembleFlags = {}, serverId?: number): Promise<string> {
  const error = await settings(lines, flags, serverId).then(
    () => null,
    (reason: unknown) => reason,
  )
  if (ZoariumError.is(error, 'ERR_CONFIG')) return error.message
  throw new Error(`not refused with ERR_CONFIG: ${String(error)}`)
}

describe('which server this is', () => {
  test('the file myid says it, and the own line where clients come to', async () => {
    await writeFile(join(dataDir, 'myid'), '3\n')
    const { options, warnings } = await settings(THREE)
    expect(options).toEqual({
      serverId: 3,
      port: 2183,
      host: '0.0.0.0',
      ensemble: {
        servers: [
          { serverId: 1, host: 'a', peerPort: 2888 },
          { serverId: 2, host: 'b', peerPort: 2888 },
          { serverId: 3, host: 'c', peerPort: 2888 },
        ],
        security: {},
      },
    })
    expect(warnings).toEqual([])
  })

  test('--server-id says it too, and must not contradict the file', async () => {
    expect((await settings(THREE, {}, 2)).options).toMatchObject({ serverId: 2, port: 2182 })
    await writeFile(join(dataDir, 'myid'), '1')
    expect(await refusal(THREE, {}, 2)).toContain(`${dataDir}/myid: expected 2, as --server-id says, got "1"`)
  })

  test('neither: the error says where it could stand; nonsense: what was expected', async () => {
    expect(await refusal(THREE)).toContain(`expected ${dataDir}/myid with the id of this server, or --server-id, got neither`)
    await writeFile(join(dataDir, 'myid'), 'one')
    expect(await refusal(THREE)).toContain(`${dataDir}/myid: expected an id from 1 to 255, got "one"`)
    await writeFile(join(dataDir, 'myid'), '4')
    expect(await refusal(THREE)).toContain('expected server 4, which this one is, among them, got 1, 2, 3')
  })

  test('a server alone needs no myid', async () => {
    expect(await settings(['clientPort=2181'])).toEqual({ options: {}, warnings: [] })
    expect((await settings([], { peerSecretFile: '/s' })).warnings[0]).toContain('ignored: no servers of an ensemble are named')
  })
})

describe('what file and flags say together', () => {
  test('clientPort wins where the line says nothing, and must not contradict it', async () => {
    expect((await settings(['clientPort=9', 'server.1=a:1', 'server.2=b:1'], {}, 1)).options.port).toBeUndefined()
    expect(await refusal(['clientPort=9', ...THREE], {}, 1)).toContain(
      'zoo.cfg:2: server.1: expected the client port 9, as clientPort says, got "2181"',
    )
  })

  test('nothing about the address of clients: loopback, with a warning', async () => {
    expect((await settings(THREE, {}, 1)).warnings).toEqual([
      'zoo.cfg:1: server.1: clientPortAddress is not set: listening on 127.0.0.1 only (ZooKeeper listens on every address)',
    ])
  })

  test('--server replaces the lines of the file', async () => {
    const { options } = await settings(THREE, { server: ['1=x:1', '2=y:1:2;2190'] }, 2)
    expect(options.ensemble?.servers.map(({ host }) => host)).toEqual(['x', 'y'])
    expect(options.port).toBe(2190)
    expect(await refusal([], { server: ['x:1'] }, 1)).toContain('--server: expected id=host:peerPort with an id from 1 to 255, got "x:1"')
    expect(await refusal([], { server: ['1=x:1', '1=y:1'] }, 1)).toContain('expected server 1 once')
    expect(await refusal([], { server: ['1=x'] }, 1)).toContain('--server 1=x: expected host:peerPort')
  })

  test('flags win over zoarium.* of the file', async () => {
    const file = [...THREE, 'zoarium.electionMs=1000', 'zoarium.heartbeatMs=200', 'zoarium.peerSecretFile=/file']
    const { options } = await settings(file, { electionMs: 700, peerSecretFile: '/flag', peerHost: '0.0.0.0' }, 1)
    expect(options.ensemble).toMatchObject({
      electionMs: 700,
      heartbeatMs: 200,
      peerHost: '0.0.0.0',
      security: { secretFile: '/flag' },
    })
  })

  test('sessions that are shorter than the doubt about who leads are refused with the figure', async () => {
    const text = '5500 or more in an ensemble, five times two elections and a heartbeat (zoarium.electionMs, zoarium.heartbeatMs)'
    expect(await refusal([...THREE, 'minSessionTimeout=4000'], {}, 1)).toContain(
      `zoo.cfg:4: minSessionTimeout: expected ${text}, got "4000"`,
    )
    expect(await refusal([...THREE, 'maxSessionTimeout=5000'], {}, 1)).toContain(
      `zoo.cfg:4: maxSessionTimeout: expected ${text}, got "5000"`,
    )
    const faster = { electionMs: 300, heartbeatMs: 60 }
    expect((await settings([...THREE, 'minSessionTimeout=4000'], faster, 1)).options.serverId).toBe(1)
  })

  test('half of TLS, or TLS and a secret, are refused', async () => {
    expect(await refusal([...THREE, 'zoarium.peerTls.certFile=/c'], {}, 1)).toContain('certFile, keyFile and caFile together')
  })
})
