// Our server may say more in its reply to setWatches2 than ZooKeeper does: one long behind the header, how far back it has replayed events.
// Other people's clients must not mind. A proxy adds such a long to every reply of setWatches and setWatches2, on both servers.
//
//   [len] [xid][zxid][err 0]   ->   [len + 8] [xid][zxid][err 0] [long]

import { once } from 'node:events'
import zookeeper, { type zookeeper as types } from 'node-zookeeper-client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connect } from '../../../core/index.ts'
import { OpCode } from '../../../core/wire/op-codes.ts'
import { FaultProxy } from '../../support/fault-proxy.ts'
import { Terminal } from '../support/child-process.ts'
import { C_SHELL, PYTHON, ZK_CLI } from '../support/requirements.ts'
import { type RunningServer, SERVERS } from '../support/servers.ts'

const LENGTH_BYTES = 4
const LONG_BYTES = 8
const KAZOO_WATCH = new URL('./kazoo_watch.py', import.meta.url).pathname

describe.each(SERVERS)('a longer reply to setWatches: %s', (_name, start) => {
  let server: RunningServer
  let proxy: FaultProxy
  /** The op of each reply that was made longer. */
  let longer: number[]

  beforeAll(async () => {
    server = await start()
  })
  afterAll(() => server.stop())

  beforeEach(async () => {
    const [host = '', port] = server.hosts.split(':')
    proxy = await FaultProxy.start({ host, port: Number(port) })
    longer = []
    proxy.reshape = (reply, op) => {
      if (op !== OpCode.setWatches && op !== OpCode.setWatches2) return reply
      longer.push(op)
      const reshaped = Buffer.concat([reply, Buffer.alloc(LONG_BYTES, 1)])
      reshaped.writeInt32BE(reshaped.length - LENGTH_BYTES)
      return reshaped
    }
    await setNode('first')
  })

  afterEach(() => proxy[Symbol.asyncDispose]())

  /** By a client of its own, past the proxy. */
  async function setNode(value: string): Promise<void> {
    await using client = await connect(server.hosts)
    await client.ensurePath('/node')
    await client.setData('/node', value)
  }

  /** The reply was made longer, and the client did not give its connection up: it has connected twice, before the cut and after it. */
  function expectUnmoved(ops: readonly number[]): void {
    expect(longer).toEqual(ops)
    expect(proxy.accepted).toBe(2)
  }

  const javaWatches = [
    { name: 'setWatches', command: 'get -w /node', op: OpCode.setWatches },
    { name: 'setWatches2', command: 'addWatch -m PERSISTENT_RECURSIVE /node\nget /node', op: OpCode.setWatches2 },
  ]

  test.each(javaWatches)('the Java client, $name', async ({ command, op }) => {
    const shell = new Terminal(ZK_CLI, ['-server', proxy.address])
    try {
      await shell.waitFor(/WatchedEvent state:SyncConnected type:None path:null/)
      await shell.ask(command, /first\n/)
      proxy.cut()
      await shell.waitFor(/WatchedEvent state:Disconnected/)
      await shell.waitFor(/WatchedEvent state:SyncConnected/)
      await setNode('second')
      await shell.waitFor(/WatchedEvent state:SyncConnected type:NodeDataChanged path:\/node/)
      await shell.ask('get /node', /second\n/)
      expectUnmoved([op])
    } finally {
      await shell.kill()
    }
  })

  test('the C client', async () => {
    const shell = new Terminal(C_SHELL, ['-h', proxy.address])
    try {
      await shell.waitFor(/Got a new session id: 0x[0-9a-f]+/)
      await shell.ask('wexists /node\nget /node', /\nfirst\nStat:/)
      proxy.cut()
      await shell.waitFor(/Watcher SESSION_EVENT state = CONNECTING_STATE/)
      await shell.waitFor(/Watcher SESSION_EVENT state = CONNECTED_STATE/)
      await setNode('second')
      await shell.waitFor(/Watcher CHANGED_EVENT state = CONNECTED_STATE for path \/node/)
      await shell.ask('get /node', /\nsecond\nStat:/)
      expectUnmoved([OpCode.setWatches])
    } finally {
      await shell.kill()
    }
  })

  test('kazoo never sends setWatches: it registers its watches one by one', async () => {
    const script = new Terminal(PYTHON, [KAZOO_WATCH, proxy.address])
    try {
      await script.waitFor(/connected\nvalue first\n/)
      proxy.cut()
      await setNode('second')
      await script.waitFor(/value second\n/)
      await setNode('third')
      await script.waitFor(/value third\n/)
      await script.ask('', /read third\n/)
      expectUnmoved([])
    } finally {
      await script.kill()
    }
  })

  test('node-zookeeper-client', async () => {
    const client: types.Client = zookeeper.createClient(proxy.address, { sessionTimeout: 10_000, spinDelay: 50 })
    client.connect()
    await once(client, 'connected')
    const changed = new Promise<types.Event>((resolve) => client.getData('/node', resolve, () => {}))
    await new Promise<void>((resolve) => client.exists('/node', null, () => resolve()))
    const again = once(client, 'connected')
    proxy.cut()
    await again
    await setNode('second')
    expect((await changed).name).toBe('NODE_DATA_CHANGED')
    await new Promise<void>((resolve, reject) => client.exists('/node', null, (error) => (error ? reject(error) : resolve())))
    expectUnmoved([OpCode.setWatches])
    client.close()
    await once(client, 'disconnected')
  })
})
