// Drives a server with the npm package `zookeeper`, which is ZooKeeper's C client inside Node, and tells for each check whether the server behaved.
//
//   node checks.mjs FOLDER HOST:PORT    FOLDER has the package in its node_modules; one JSON line a check: {"name": ..., "ok": ..., "error": ...}
//   node checks.mjs FOLDER --list       the names

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { connect, createServer } from 'node:net'

const [, , folder, hosts] = process.argv
const ZooKeeper = createRequire(`${folder}/`)('zookeeper')
const { ZOO_EPHEMERAL, ZOO_SEQUENCE } = ZooKeeper.constants
const CHANGED = 3
/** The package has no name for it. */
const PERSISTENT_WITH_TTL = 5
const WAIT_MS = 15_000

const checks = {
  async every_mode(zk, root) {
    assert.equal(await zk.create(`${root}/a`, 'data', 0), `${root}/a`)
    assert.equal(await zk.create(`${root}/s-`, 'data', ZOO_SEQUENCE), `${root}/s-0000000001`)
    assert.equal(await zk.create(`${root}/e`, 'data', ZOO_EPHEMERAL), `${root}/e`)
    assert.equal(await zk.create(`${root}/es-`, 'data', ZOO_EPHEMERAL | ZOO_SEQUENCE), `${root}/es-0000000003`)
    const stat = await zk.exists(`${root}/e`, false)
    assert.equal(stat.ephemeralOwner, zk.client_id)
  },

  async read_write_list(zk, root) {
    await zk.create(`${root}/a`, 'one', 0)
    const [first, data] = await zk.get(`${root}/a`, false)
    assert.deepEqual([data.toString(), first.version, first.dataLength], ['one', 0, 3])
    const second = await zk.set(`${root}/a`, 'second', 0)
    assert.deepEqual([second.version, second.dataLength], [1, 6])
    await zk.create(`${root}/b`, '', 0)
    assert.deepEqual((await zk.get_children(root, false)).sort(), ['a', 'b'])
    const [names, stat] = await zk.get_children2(root, false)
    assert.deepEqual([names.length, stat.numChildren, stat.cversion], [2, 2, 2])
    await zk.delete_(`${root}/a`, 1)
    assert.equal(await zk.pathExists(`${root}/a`, false), false)
  },

  async errors(zk, root) {
    await zk.create(`${root}/a`, '', 0)
    await zk.create(`${root}/a/b`, '', 0)
    await fails(zk.create(`${root}/a`, '', 0), 'node exists')
    await fails(zk.get(`${root}/missing`, false), 'no node')
    await fails(zk.set(`${root}/a`, '', 9), 'bad version')
    await fails(zk.delete_(`${root}/a`, 0), 'not empty')
  },

  async time_to_live(zk, root) {
    await zk.create(`${root}/ttl`, 'data', PERSISTENT_WITH_TTL, 200)
    await eventually(async () => !(await zk.pathExists(`${root}/ttl`, false)), 'it goes when its time is over')
  },

  async watches(zk, root) {
    const created = new Promise((resolve) => zk.w_exists(`${root}/a`, (...event) => resolve(event)).catch(() => {}))
    const children = new Promise((resolve) => zk.w_get_children(root, (...event) => resolve(event)))
    await zk.create(`${root}/a`, 'one', 0)
    assert.deepEqual(about(await soon(created)), [1, `${root}/a`])
    assert.deepEqual(about(await soon(children)), [4, root])
    const changed = new Promise((resolve) => zk.w_get(`${root}/a`, (...event) => resolve(event)))
    await zk.get(`${root}/a`, false)
    await zk.set(`${root}/a`, 'two', -1)
    assert.deepEqual(about(await soon(changed)), [3, `${root}/a`])
  },

  async access_lists(zk, root) {
    const owner = await open()
    owner.add_auth('digest', 'user:secret', () => {})
    await owner.create(`${root}/mine`, 'data', 0)
    const acl = [{ perm: 31, scheme: 'auth', auth: '' }]
    await owner.set_acl(`${root}/mine`, 0, acl)
    const [list] = await owner.get_acl(`${root}/mine`)
    assert.deepEqual([list.length, list[0].scheme], [1, 'digest'])
    await fails(zk.get(`${root}/mine`, false), 'not authenticated')
    await owner.set_acl(`${root}/mine`, 1, [{ perm: 31, scheme: 'world', auth: 'anyone' }])
    assert.equal((await zk.get(`${root}/mine`, false))[1].toString(), 'data')
    owner.close()
  },

  async directories_sync_config(zk, root) {
    await new Promise((resolve, reject) => zk.mkdirp(`${root}/a/b/c`, (error) => (error ? reject(error) : resolve())))
    assert.equal(await zk.pathExists(`${root}/a/b/c`, false), true)
    assert.equal(await zk.sync(root), root)
    await zk.getconfig(false)
  },

  async large_data_and_pipelining(zk, root) {
    const large = Buffer.alloc(1000 * 1024, 'abc')
    await zk.create(`${root}/large`, large, 0)
    assert.equal(Buffer.compare((await zk.get(`${root}/large`, false))[1], large), 0)
    const paths = await Promise.all(Array.from({ length: 500 }, () => zk.create(`${root}/n-`, '', ZOO_SEQUENCE)))
    assert.deepEqual(paths, [...paths].sort())
    assert.equal(new Set(paths).size, 500)
  },

  async reconnect(zk, root) {
    const proxy = await startProxy()
    const away = await open({ connect: proxy.address })
    await away.create(`${root}/e`, '', ZOO_EPHEMERAL)
    // Its watchers hear of the connection too.
    const changed = new Promise((resolve) => away.w_get(`${root}/e`, (...event) => event[0] === CHANGED && resolve(event)))
    await away.get(root, false)
    const again = once(away, 'connect')
    proxy.cut()
    await soon(again)
    await zk.set(`${root}/e`, 'new', -1)
    assert.deepEqual(about(await soon(changed)), [CHANGED, `${root}/e`])
    away.close()
    await eventually(async () => !(await zk.pathExists(`${root}/e`, false)), 'the ephemeral goes with its client')
    proxy.close()
  },
}

/** A TCP proxy in front of the server, whose connections can be cut. What comes of an expiry cannot be looked at: the package then aborts Node. */
async function startProxy() {
  const sockets = new Set()
  const [host, port] = hosts.split(':')
  const server = createServer((client) => {
    const upstream = connect(Number(port), host)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ]) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('close', () => to.destroy())
      from.pipe(to)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  return {
    address: `127.0.0.1:${server.address().port}`,
    cut,
    close() {
      server.close()
      cut()
    },
  }
}

function open(options = {}) {
  return new Promise((resolve, reject) => {
    // By default it gives its session up when a reply comes in more than ten pieces, as one of a megabyte does.
    const response_counter_limit = 1_000_000
    const zk = new ZooKeeper({ connect: hosts, timeout: 10_000, debug_level: 0, response_counter_limit, ...options })
    zk.connect((error) => (error ? reject(error) : resolve(zk)))
  })
}

/** Type and path of a watch callback's arguments. */
function about([type, , path]) {
  return [type, path]
}

async function fails(promise, text) {
  await assert.rejects(promise, (error) => {
    assert.ok(error.message.includes(text), `${error.message} is not about ${text}`)
    return true
  })
}

function soon(promise) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('not in time')), WAIT_MS)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

async function eventually(condition, what) {
  const deadline = Date.now() + WAIT_MS
  while (!(await condition())) assert.ok(Date.now() < deadline, `not in time: ${what}`)
}

async function run(name) {
  const zk = await open()
  const root = `/native-${process.pid}-${name}`
  await zk.create(root, '', 0)
  await checks[name](zk, root)
  zk.close()
}

const names = Object.keys(checks)
if (hosts === '--list') {
  console.log(names.join('\n'))
} else {
  for (const name of names) {
    let error = null
    try {
      await run(name)
    } catch (thrown) {
      error = String(thrown.stack ?? thrown)
    }
    console.log(JSON.stringify({ name, ok: error === null, error }))
  }
}
// Handles of failed checks keep threads of their own.
process.exit(0)
