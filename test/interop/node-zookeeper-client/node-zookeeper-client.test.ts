// node-zookeeper-client, the JavaScript client that most Node programs use today.

import { once } from 'node:events'
import zookeeper, { type zookeeper as types } from 'node-zookeeper-client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { FaultProxy } from '../../support/fault-proxy.ts'
import { endSession } from '../support/end-session.ts'
import { type RunningServer, SERVERS } from '../support/servers.ts'
import { ask, failure } from './promised.ts'

const { ACL, CreateMode } = zookeeper
const OPEN = ACL.OPEN_ACL_UNSAFE
const ANY_VERSION = -1
const NOTHING = Buffer.alloc(0)

describe.each(SERVERS)('node-zookeeper-client: %s', (_name, start) => {
  let server: RunningServer
  let proxy: FaultProxy
  let client: types.Client
  let root: string
  let rounds = 0
  const clients: types.Client[] = []

  async function open(hosts: string): Promise<types.Client> {
    const opened = zookeeper.createClient(hosts, { sessionTimeout: 10_000, spinDelay: 50 })
    clients.push(opened)
    opened.connect()
    await once(opened, 'connected')
    return opened
  }

  beforeAll(async () => {
    server = await start()
  })

  afterAll(() => server.stop())

  beforeEach(async () => {
    const [host = '', port] = server.hosts.split(':')
    proxy = await FaultProxy.start({ host, port: Number(port) })
    client = await open(proxy.address)
    root = `/round-${++rounds}`
    await ask((done) => client.create(root, null, OPEN, CreateMode.PERSISTENT, done))
  })

  afterEach(async () => {
    for (const opened of clients.splice(0)) {
      if (opened.getState().name === 'SYNC_CONNECTED') {
        opened.close()
        await once(opened, 'disconnected')
      }
    }
    await proxy[Symbol.asyncDispose]()
  })

  const create = async (name: string, data = '', mode = CreateMode.PERSISTENT): Promise<string> => {
    const [path] = await ask<[string]>((done) => client.create(`${root}/${name}`, Buffer.from(data), OPEN, mode, done))
    return path
  }

  test('creates nodes of every mode', async () => {
    expect(await create('a', 'data')).toBe(`${root}/a`)
    expect(await create('s-', '', CreateMode.PERSISTENT_SEQUENTIAL)).toBe(`${root}/s-0000000001`)
    expect(await create('e', '', CreateMode.EPHEMERAL)).toBe(`${root}/e`)
    expect(await create('es-', '', CreateMode.EPHEMERAL_SEQUENTIAL)).toBe(`${root}/es-0000000003`)
    const [stat] = await ask<[types.Stat | null]>((done) => client.exists(`${root}/e`, null, done))
    expect(stat?.ephemeralOwner).toEqual(client.getSessionId())
    expect(client.getSessionTimeout()).toBe(10_000)
  })

  test('reads, writes and lists, and Stats say what happened', async () => {
    await create('a', 'one')
    const [data, first] = await ask<[Buffer | undefined, types.Stat]>((done) => client.getData(`${root}/a`, null, done))
    expect([data?.toString(), first.version, first.dataLength]).toEqual(['one', 0, 3])
    const [second] = await ask<[types.Stat]>((done) => client.setData(`${root}/a`, Buffer.from('second'), 0, done))
    expect([second.version, second.dataLength, second.czxid]).toEqual([1, 6, first.czxid])
    expect(second.mzxid.compare(first.mzxid)).toBe(1)
    await create('b')
    const [children, parent] = await ask<[string[], types.Stat]>((done) => client.getChildren(root, null, done))
    expect(children.sort()).toEqual(['a', 'b'])
    expect([parent.cversion, parent.numChildren]).toEqual([2, 2])
    await ask((done) => client.remove(`${root}/a`, 1, done))
    expect(await ask((done) => client.exists(`${root}/a`, null, done))).toEqual([null])
  })

  test('errors have ZooKeeper’s codes', async () => {
    await create('a')
    await create('a/b')
    await create('e', '', CreateMode.EPHEMERAL)
    expect(await failure((done) => client.create(`${root}/a`, null, OPEN, CreateMode.PERSISTENT, done))).toBe('NODE_EXISTS')
    expect(await failure((done) => client.create(`${root}/x/y`, null, OPEN, CreateMode.PERSISTENT, done))).toBe('NO_NODE')
    expect(await failure((done) => client.create(`${root}/e/x`, null, OPEN, CreateMode.PERSISTENT, done))).toBe(
      'NO_CHILDREN_FOR_EPHEMERALS',
    )
    expect(await failure((done) => client.getData(`${root}/x`, null, done))).toBe('NO_NODE')
    expect(await failure((done) => client.setData(`${root}/a`, NOTHING, 7, done))).toBe('BAD_VERSION')
    expect(await failure((done) => client.remove(`${root}/a`, ANY_VERSION, done))).toBe('NOT_EMPTY')
    expect(await failure((done) => client.remove(`${root}/a/b`, 3, done))).toBe('BAD_VERSION')
  })

  test('trees are made, listed and removed', async () => {
    // Of one level: listSubTreeBFS of 1.1.3 goes no deeper, whatever the server.
    await ask((done) => client.mkdirp(`${root}/a/b`, done))
    await ask((done) => client.mkdirp(`${root}/a/c`, done))
    const [paths] = await ask<[string[]]>((done) => client.listSubTreeBFS(`${root}/a`, done))
    expect(paths.sort()).toEqual([`${root}/a`, `${root}/a/b`, `${root}/a/c`])
    await ask((done) => client.removeRecursive(`${root}/a`, ANY_VERSION, done))
    expect(await ask((done) => client.exists(`${root}/a`, null, done))).toEqual([null])
  })

  test('watchers hear one change each', async () => {
    const events: string[] = []
    const hear: types.Watcher = ({ name, path }) => events.push(`${name} ${path.slice(root.length)}`)
    await ask((done) => client.exists(`${root}/a`, hear, done))
    await ask((done) => client.getChildren(root, hear, done))
    await create('a')
    await create('b')
    await ask((done) => client.getData(`${root}/a`, hear, done))
    await ask((done) => client.setData(`${root}/a`, NOTHING, ANY_VERSION, done))
    await ask((done) => client.setData(`${root}/a`, NOTHING, ANY_VERSION, done))
    await ask((done) => client.getData(`${root}/a`, hear, done))
    await ask((done) => client.remove(`${root}/a`, ANY_VERSION, done))
    // An event leaves before the reply that reveals the change.
    expect(events).toEqual(['NODE_CREATED /a', 'NODE_CHILDREN_CHANGED ', 'NODE_DATA_CHANGED /a', 'NODE_DELETED /a'])
  })

  test('a transaction is done whole or not at all', async () => {
    await create('a')
    const good = client
      .transaction()
      .check(`${root}/a`, 0)
      .setData(`${root}/a`, Buffer.from('new'), 0)
      .create(`${root}/b`)
      .remove(`${root}/b`)
    const [results] = await ask<[readonly types.OpResult[]]>((done) => good.commit(done))
    expect(results.map(({ type }) => type)).toEqual([13, 5, 1, 2])
    expect([results[1]?.stat?.version, results[2]?.path]).toEqual([1, `${root}/b`])
    const bad = client.transaction().create(`${root}/c`).check(`${root}/a`, 99).create(`${root}/d`)
    const failed = await new Promise<{ error: Error | null; codes: (number | undefined)[] }>((resolve) => {
      bad.commit((error, outcomes) => resolve({ error, codes: outcomes.map(({ err }) => err) }))
    })
    expect(failed.error?.name).toBe('BAD_VERSION')
    expect(failed.codes).toEqual([0, -103, -2])
    const [children] = await ask<[string[], types.Stat]>((done) => client.getChildren(root, null, done))
    expect(children).toEqual(['a'])
  })

  test('ACLs and digest authentication', async () => {
    const owner = await open(server.hosts)
    owner.addAuthInfo('digest', Buffer.from('user:secret'))
    await ask((done) => owner.create(`${root}/mine`, Buffer.from('data'), ACL.CREATOR_ALL_ACL, CreateMode.PERSISTENT, done))
    expect(await failure((done) => client.getData(`${root}/mine`, null, done))).toBe('NO_AUTH')
    expect(await failure((done) => client.setACL(`${root}/mine`, OPEN, ANY_VERSION, done))).toBe('NO_AUTH')
    const [acl] = await ask<[readonly types.Acl[], types.Stat]>((done) => owner.getACL(`${root}/mine`, done))
    expect(acl.map(({ permission, id }) => [permission, id.scheme, id.id])).toEqual([[31, 'digest', 'user:5w9W4eL3797Y4Wq8AcKUPPk8ha4=']])
    const [stat] = await ask<[types.Stat]>((done) => owner.setACL(`${root}/mine`, ACL.READ_ACL_UNSAFE, 0, done))
    expect(stat.aversion).toBe(1)
    await ask((done) => client.getData(`${root}/mine`, null, done))
    expect(await failure((done) => client.setData(`${root}/mine`, NOTHING, ANY_VERSION, done))).toBe('NO_AUTH')
  })

  test('authentication and watchers survive a cut, and so do ephemerals', async () => {
    client.addAuthInfo('digest', Buffer.from('user:secret'))
    const session = client.getSessionId()
    await ask((done) => client.create(`${root}/mine`, null, ACL.CREATOR_ALL_ACL, CreateMode.EPHEMERAL, done))
    const heard = new Promise<types.Event>((resolve) => client.exists(`${root}/later`, resolve, () => {}))
    await ask((done) => client.exists(root, null, done))
    const again = once(client, 'connected')
    proxy.cut()
    await again
    expect(client.getSessionId()).toEqual(session)
    await ask((done) => client.getData(`${root}/mine`, null, done))
    const other = await open(server.hosts)
    await ask((done) => other.create(`${root}/later`, null, OPEN, CreateMode.PERSISTENT, done))
    expect((await heard).name).toBe('NODE_CREATED')
  })

  test('a change made while away is heard after the reconnect', async () => {
    await create('a')
    const other = await open(server.hosts)
    const heard = new Promise<types.Event>((resolve) => client.getData(`${root}/a`, resolve, () => {}))
    await ask((done) => client.exists(root, null, done))
    const gone = once(client, 'disconnected')
    proxy.refuse()
    await gone
    await ask((done) => other.setData(`${root}/a`, NOTHING, ANY_VERSION, done))
    proxy.accept()
    expect((await heard).name).toBe('NODE_DATA_CHANGED')
  })

  test('an ended session is told as expired', async () => {
    await create('e', '', CreateMode.EPHEMERAL)
    const session = client.getSessionId()
    const gone = once(client, 'disconnected')
    proxy.refuse()
    await gone
    await endSession(server.hosts, { hi: session.readUInt32BE(0), lo: session.readUInt32BE(4), password: client.getSessionPassword() })
    const expired = once(client, 'expired')
    proxy.accept()
    await expired
    const other = await open(server.hosts)
    expect(await ask((done) => other.exists(`${root}/e`, null, done))).toEqual([null])
  })
})
