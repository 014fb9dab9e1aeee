// Four-letter words and admin commands of both servers after the same workload: keys, layout and kinds of values are the same.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../../core/index.ts'
import { reservedPort } from '../../support/reserved-ports.ts'
import { type ApacheProcess, startApacheZooKeeperIn } from '../support/apache-zookeeper.ts'
import { SERVLET_JAR } from '../support/requirements.ts'
import type { RunningServer } from '../support/servers.ts'
import { startZoariumOn } from '../support/zoarium-server.ts'
import { askWord, jsonShape, shapeOf } from './shape.ts'
import { startWorkload } from './workload.ts'

const TOKEN = 'a-token-for-this-test'

let folder = ''
let apache: ApacheProcess
let zoarium: RunningServer
let clients: readonly Client[] = []
let apacheAdmin = ''
let zoariumAdmin = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zoarium-words-'))
  const [apachePort, apacheAdminPort, zoariumAdminPort] = [await reservedPort(), await reservedPort(), await reservedPort()]
  apacheAdmin = `http://127.0.0.1:${apacheAdminPort}/commands`
  zoariumAdmin = `http://127.0.0.1:${zoariumAdminPort}/commands`
  apache = await startApacheZooKeeperIn(join(folder, 'apache'), {
    port: apachePort,
    lines: ['admin.enableServer=true', 'admin.serverAddress=127.0.0.1', `admin.serverPort=${apacheAdminPort}`],
    jars: [SERVLET_JAR],
  })
  zoarium = await startZoariumOn(join(folder, 'zoarium'), 0, { ZOARIUM_ADMIN_PORT: String(zoariumAdminPort), ZOARIUM_ADMIN_TOKEN: TOKEN })
  clients = [...(await startWorkload(apache.hosts)), ...(await startWorkload(zoarium.hosts))]
})

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()))
  await apache.kill()
  await zoarium.stop()
  await rm(folder, { recursive: true, force: true })
})

async function both(word: string): Promise<{ theirs: string; ours: string }> {
  return { theirs: await askWord(apache.hosts, word), ours: await askWord(zoarium.hosts, word) }
}

describe('four-letter words', () => {
  it.each(['ruok', 'isro', 'srvr', 'stat', 'conf', 'cons', 'dirs', 'wchs', 'wchc', 'wchp'])('%s', async (word) => {
    const { theirs, ours } = await both(word)
    expect(theirs).not.toBe('')
    expect(new Set(shapeOf(ours))).toEqual(new Set(shapeOf(theirs)))
  })

  it('dump: the same lists under the same headings, in which ticks and connections without a session may differ', async () => {
    const { theirs, ours } = await both('dump')
    const known = new Set(shapeOf(theirs))
    expect(shapeOf(ours).filter((line) => !known.has(line))).toEqual([])
    const headings = (text: string): string[] => shapeOf(text).filter((line) => /^[A-Za-z]/.test(line))
    expect(headings(ours)).toEqual(headings(theirs))
  })

  it('crst and srst say the same', async () => {
    for (const word of ['crst', 'srst']) {
      const { theirs, ours } = await both(word)
      expect(ours).toBe(theirs)
    }
  })

  it('gtmk is a number, hash is a list of zxids and digests or nothing', async () => {
    const masks = await both('gtmk')
    expect(shapeOf(masks.ours)).toEqual(shapeOf(masks.theirs))
    const hashes = await both('hash')
    expect(hashes.theirs + hashes.ours).toMatch(/^([0-9a-f]+: \d+\n)*$/)
  })

  it('envi has the same keys, but those of the Java virtual machine', async () => {
    const { theirs, ours } = await both('envi')
    const keys = (text: string): string[] => [...text.matchAll(/^([\w.]+)=/gm)].map(([, key]) => key ?? '')
    expect(keys(ours).filter((key) => key !== 'node.version')).toEqual(keys(theirs).filter((key) => !key.startsWith('java.')))
    expect(theirs.split('\n')[0]).toBe(ours.split('\n')[0])
  })

  it('mntr: what has a name of ZooKeeper is known to it and has the same kind of value', async () => {
    const { theirs, ours } = await both('mntr')
    const kinds = (text: string): Map<string, string> =>
      new Map(
        text
          .trim()
          .split('\n')
          .map((line) => line.split('\t'))
          .map(([name = '', value = '']) => [name, /^-?\d+$/.test(value) ? 'integer' : /^-?\d+\.\d+$/.test(value) ? 'decimal' : 'text']),
      )
    const known = kinds(theirs)
    const shown = [...kinds(ours)].filter(([name]) => !/^zk_(refused|disk|scrub)_/.test(name))
    expect(shown.filter(([name, kind]) => known.get(name) !== kind)).toEqual([])
    expect(shown.length).toBeGreaterThan(40)
  })

  it('mntr has what every dashboard reads', async () => {
    const { ours } = await both('mntr')
    for (const name of [
      'version server_state avg_latency min_latency max_latency packets_received packets_sent num_alive_connections outstanding_requests',
      'znode_count watch_count ephemerals_count approximate_data_size open_file_descriptor_count max_file_descriptor_count uptime',
      'global_sessions',
    ].flatMap((names) => names.split(' '))) {
      expect(ours).toMatch(new RegExp(`^zk_${name}\\t.`, 'm'))
    }
  })

  it('zktop reads cons and srvr', async () => {
    const cons = await askWord(zoarium.hosts, 'cons')
    const sessions = [...cons.matchAll(/^ \/([\da-fA-F:.]+):(\d+)\[(\d+)\]\((.*)\)$/gm)]
    expect(sessions.length).toBe(3)
    for (const [, , , , details = ''] of sessions) for (const detail of details.split(',')) expect(detail).toMatch(/^[a-z]+=[\w-]+$/)
    const srvr = (await askWord(zoarium.hosts, 'srvr')).trim().split('\n')
    for (const line of srvr) expect(line.split(':')).toHaveLength(2)
  })
})

async function command(name: string): Promise<{ theirs: Record<string, unknown>; ours: Record<string, unknown> }> {
  const get = async (url: string): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url}/${name}`, { headers: { Authorization: `Bearer ${TOKEN}` } })
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    return (await response.json()) as Record<string, unknown>
  }
  return { theirs: await get(apacheAdmin), ours: await get(zoariumAdmin) }
}

function textOf(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name]
  if (typeof value !== 'string') throw new Error(`${name} is no text: ${String(value)}`)
  return value
}

describe('admin commands', () => {
  it('are the same ones, and one more', async () => {
    const names = async (url: string): Promise<string[]> => {
      const response = await fetch(url, { headers: { Authorization: `Bearer ${TOKEN}` } })
      return [...(await response.text()).matchAll(/href="\/commands\/(\w+)"/g)].map(([, name]) => name ?? '')
    }
    const ours = await names(zoariumAdmin)
    expect(ours).toContain('ensemble')
    expect(ours.filter((name) => name !== 'ensemble')).toEqual(await names(apacheAdmin))
  })

  it.each(
    [
      'configuration conf config connections cons connection_stat_reset crst dirs dump get_trace_mask gtmk initial_configuration icfg is_read_only isro',
      'last_snapshot lsnp observers obsr observer_connection_stat_reset orst ruok server_stats srvr stats stat stat_reset srst voting_view',
      'watch_summary wchs watches wchc watches_by_path wchp zabstate set_trace_mask stmk nope',
    ].flatMap((names) => names.split(' ')),
  )('%s', async (name) => {
    const { theirs, ours } = await command(name)
    expect(jsonShape(ours)).toEqual(jsonShape(theirs))
    expect(textOf(ours, 'command')).toBe(textOf(theirs, 'command'))
  })

  it('monitor has the figures of mntr', async () => {
    const { theirs, ours } = await command('monitor')
    const shown = Object.entries(ours).filter(([name]) => !/^(refused|disk|scrub)_/.test(name))
    expect(shown.filter(([name, value]) => typeof value !== typeof theirs[name] && name !== 'error')).toEqual([])
  })

  it('environment has the same keys, but those of the Java virtual machine', async () => {
    const { theirs, ours } = await command('env')
    expect(Object.keys(ours).filter((key) => key !== 'node.version')).toEqual(Object.keys(theirs).filter((key) => !key.startsWith('java.')))
  })

  it('hash has a list of digests', async () => {
    const { theirs, ours } = await command('hash')
    expect(Object.keys(ours)).toEqual(Object.keys(theirs))
  })

  it('leader of a standalone server is an error on both', async () => {
    const { theirs, ours } = await command('lead')
    expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort())
    expect(textOf(ours, 'error')).not.toBe('')
    expect(textOf(theirs, 'error')).not.toBe('')
  })
})
