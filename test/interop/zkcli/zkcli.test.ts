// zkCli.sh, ZooKeeper's own Java shell.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Terminal } from '../support/child-process.ts'
import { ZK_CLI } from '../support/requirements.ts'
import { type RunningServer, SERVERS } from '../support/servers.ts'

describe.each(SERVERS)('zkCli: %s', (_name, start) => {
  let server: RunningServer
  let shell: Terminal

  async function open(): Promise<Terminal> {
    const opened = new Terminal(ZK_CLI, ['-server', server.hosts])
    try {
      await opened.waitFor(/WatchedEvent state:SyncConnected type:None path:null/)
    } catch (error) {
      await opened.kill()
      throw error
    }
    return opened
  }

  beforeAll(async () => {
    server = await start()
    shell = await open()
  })

  afterAll(async () => {
    await shell.kill()
    await server.stop()
  })

  test('create makes nodes of every mode', async () => {
    await shell.ask('create /z value', /Created \/z\n/)
    await shell.ask('create -s /z/s- data', /Created \/z\/s-0000000000\n/)
    await shell.ask('create -e /z/e data', /Created \/z\/e\n/)
    await shell.ask('create -s -e /z/es- data', /Created \/z\/es-0000000002\n/)
    await shell.ask('create -c /z/container', /Created \/z\/container\n/)
    await shell.ask('create -t 100000 /z/ttl data', /Created \/z\/ttl\n/)
    await shell.ask('create -s -t 100000 /z/ttl- data', /Created \/z\/ttl-0000000005\n/)
    await shell.ask('create /z again', /Node already exists: \/z\n/)
    await shell.ask('create /missing/child data', /Node does not exist: \/missing\/child\n/)
    await shell.ask('create /z/e/child data', /Ephemerals cannot have children: \/z\/e\/child\n/)
  })

  test('get, set and stat show data and Stat', async () => {
    await shell.ask(
      'get -s /z',
      /value\ncZxid = (0x[0-9a-f]+)\nctime = .*\nmZxid = \1\nmtime = .*\npZxid = 0x[0-9a-f]+\ncversion = 6\ndataVersion = 0\naclVersion = 0\nephemeralOwner = 0x0\ndataLength = 5\nnumChildren = 6\n/,
    )
    await shell.ask('set -v 7 /z refused', /version No is not valid : \/z\n/)
    await shell.ask('set -s -v 0 /z new', /dataVersion = 1\n/)
    await shell.ask('get /z', /new\n/)
    await shell.ask('stat /z/e', /ephemeralOwner = 0x[1-9a-f][0-9a-f]*\n/)
    await shell.ask('stat /z/ttl', /ephemeralOwner = 0x0\n/)
    await shell.ask('stat /missing', /Node does not exist: \/missing\n/)
  })

  test('ls lists children, recursively too', async () => {
    await shell.ask('ls /z', /\[container, e, es-0000000002, s-0000000000, ttl, ttl-0000000005\]\n/)
    await shell.ask('ls -R /z', /\/z\n\/z\/container\n\/z\/e\n\/z\/es-0000000002\n\/z\/s-0000000000\n\/z\/ttl\n\/z\/ttl-0000000005\n/)
    await shell.ask('ls -s /z', /\]\s*cZxid = /)
    await shell.ask('getAllChildrenNumber /z', /\b6\n/)
    await shell.ask('getEphemerals /z', /\[\/z\/e, \/z\/es-0000000002\]|\[\/z\/es-0000000002, \/z\/e\]/)
  })

  test('one-shot watches fire once', async () => {
    await shell.ask('get -w /z', /new\n/)
    await shell.ask('set /z newer', /WatchedEvent state:SyncConnected type:NodeDataChanged path:\/z\n/)
    await shell.ask('ls -w /z', /\[container, /)
    await shell.ask('create /z/child', /WatchedEvent state:SyncConnected type:NodeChildrenChanged path:\/z\n/)
    await shell.ask('stat -w /z/child', /numChildren = 0\n/)
    await shell.ask('delete /z/child', /WatchedEvent state:SyncConnected type:NodeDeleted path:\/z\/child\n/)
  })

  test('addWatch hears everything until it is removed', async () => {
    shell.send('addWatch -m PERSISTENT_RECURSIVE /z')
    shell.send('create /z/deep')
    await shell.waitFor(/type:NodeCreated path:\/z\/deep\n/)
    await shell.ask('create /z/deep/er', /type:NodeCreated path:\/z\/deep\/er\n/)
    await shell.ask('set /z/deep/er x', /type:NodeDataChanged path:\/z\/deep\/er\n/)
    await shell.ask('deleteall /z/deep', /type:NodeDeleted path:\/z\/deep\/er\n[\s\S]*type:NodeDeleted path:\/z\/deep\n/)
    await shell.ask('removewatches /z', /type:PersistentWatchRemoved path:\/z\n/)
    shell.send('addWatch -m PERSISTENT /z')
    await shell.ask('set /z newest', /type:NodeDataChanged path:\/z\n/)
    await shell.ask('create /z/again', /type:NodeChildrenChanged path:\/z\n/)
    await shell.ask('delete /z/again', /type:NodeChildrenChanged path:\/z\n/)
    await shell.ask('removewatches /z', /type:PersistentWatchRemoved path:\/z\n/)
  })

  test('ACLs are set, shown and enforced', async () => {
    await shell.ask('getAcl /z', /'world,'anyone\n: cdrwa\n/)
    await shell.ask('create /secret hidden', /Created \/secret\n/)
    shell.send('addauth digest anna:secret')
    await shell.ask('setAcl -s /secret auth:anna:secret:cdrwa', /aclVersion = 1\n/)
    await shell.ask('getAcl -s /secret', /'digest,'anna:\S+=\n: cdrwa\ncZxid = /)
    await shell.ask('get /secret', /hidden\n/)
    await shell.ask('whoami', /Auth scheme: User\n(?:digest: anna|ip: 127\.0\.0\.1)\n(?:digest: anna|ip: 127\.0\.0\.1)\n/)
    const stranger = await open()
    try {
      await stranger.ask('get /secret', /(?:Insufficient permission|Authentication is not valid) : \/secret\n/)
    } finally {
      await stranger.kill()
    }
    await shell.ask('setAcl /secret nonsense:who:cdrwa\nstat /secret', /Acl is not valid : \/secret\n[\s\S]*?aclVersion = 1\n/)
    await shell.ask('delete /secret\nstat /secret', /Node does not exist: \/secret\n/)
  })

  test('quotas are kept', async () => {
    await shell.ask(
      'setquota -n 20 /z\nlistquota /z',
      /Output quota for \/z count=20,bytes=-1[\s\S]*?Output stat for \/z count=7,bytes=\d+\n/,
    )
    await shell.ask('delquota -n /z\nlistquota /z', /Output quota for \/z count=-1,bytes=-1/)
    await shell.ask('delquota /z\nlistquota /z', /quota for \/z does not exist\.?\n/)
  })

  test('sync, version and config answer', async () => {
    await shell.ask('sync /z', /Sync is OK\n/)
    await shell.ask('version', /ZooKeeper CLI version: /)
    await shell.ask('config\nversion', /ZooKeeper CLI version: /)
  })

  test('a session that closes takes its ephemerals along', async () => {
    const second = await open()
    await second.ask('create -e /z/theirs data', /Created \/z\/theirs\n/)
    await shell.ask('stat -w /z/theirs', /ephemeralOwner = 0x[1-9a-f]/)
    second.send('quit')
    await second.exited()
    await shell.waitFor(/type:NodeDeleted path:\/z\/theirs\n/)
  })

  test('deleteall removes a subtree', async () => {
    await shell.ask('delete /z', /Node not empty: \/z\n/)
    await shell.ask('deleteall /z\nstat /z', /Node does not exist: \/z\n/)
    expect((await shell.ask('ls /', /\[(.*)\]\n/))[1]?.split(', ')).not.toContain('z')
  })
})
