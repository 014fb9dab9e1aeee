// The shell of ZooKeeper's C client (cli_mt): the wire as the C library speaks it.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Terminal } from '../support/child-process.ts'
import { C_SHELL } from '../support/requirements.ts'
import { type RunningServer, SERVERS } from '../support/servers.ts'

describe.each(SERVERS)('C shell: %s', (_name, start) => {
  let server: RunningServer
  let shell: Terminal

  beforeAll(async () => {
    server = await start()
    shell = new Terminal(C_SHELL, ['-h', server.hosts])
    await shell.waitFor(/Got a new session id: 0x[0-9a-f]+/)
  })

  afterAll(async () => {
    await shell.kill()
    await server.stop()
  })

  test('creates nodes of every mode', async () => {
    await shell.ask('create /c', /\[\/c\]: rc = 0\n\tname = \/c\n/)
    await shell.ask('create +s /c/s-', /rc = 0\n\tname = \/c\/s-0000000000\n/)
    await shell.ask('create +e /c/e', /rc = 0\n\tname = \/c\/e\n/)
    await shell.ask('create +es /c/es-', /rc = 0\n\tname = \/c\/es-0000000002\n/)
    await shell.ask('create +c /c/container', /rc = 0\n\tname = \/c\/container\n/)
    await shell.ask('create +t=100000 /c/ttl', /rc = 0\n\tname = \/c\/ttl\n/)
    await shell.ask(
      'create2 /c/two',
      /rc = 0\n\tname = \/c\/two\n\tctime = .*\n\tczxid=([0-9a-f]+)\n\tmtime=.*\n\tmzxid=\1\n\tversion=0\taversion=0/,
    )
    await shell.ask('create /c', /\[\/c\]: rc = -110\n/)
    await shell.ask('create /missing/child', /\[\/missing\/child\]: rc = -101\n/)
  })

  test('reads, writes and lists', async () => {
    await shell.ask('set /c value', /\/c: rc = 0 Stat:[\s\S]*?version=1\t/)
    await shell.ask('get /c', /\/c: rc = 0\n value_len = 5\nvalue\nStat:/)
    const listed = await shell.ask('ls /c', /\/c: rc = 0\n((?:\t\S+\n)+)time = /)
    const expected = ['container', 'e', 'es-0000000002', 's-0000000000', 'ttl', 'two']
    expect(listed[1]?.trim().split(/\s+/).sort()).toEqual(expected)
    await shell.ask('ls2 /c', /\/c: rc = 0\n(?:\t\S+\n){6}time = \d+ msec\n\tctime/)
    // exists is silent about a node that is there.
    await shell.ask('exists /c/ttl\nexists /missing', /^(?!Error.*ttl)[\s\S]*Error -101 for \/missing\n/)
    await shell.ask('sync /c', /\[\/c\]: rc = 0\n/)
    await shell.ask('config', /\/zookeeper\/config: rc = 0\n/)
  })

  test('hears watches', async () => {
    // wexists leaves a watch and is silent about a node that is there; the C library gives it one event for the write that follows.
    await shell.ask('wexists /c\nset /c other', /Watcher CHANGED_EVENT state = CONNECTED_STATE for path \/c\n[\s\S]*?\/c: rc = 0 Stat:/)
    await shell.ask('wexists /later', /Error -101 for \/later\n/)
    await shell.ask('create /later', /Watcher CREATED_EVENT state = CONNECTED_STATE for path \/later\n[\s\S]*?\[\/later\]: rc = 0\n/)
    await shell.ask(
      'wexists /later\ndelete /later',
      /Watcher DELETED_EVENT state = CONNECTED_STATE for path \/later\n[\s\S]*?\/later: rc = 0\n/,
    )
  })

  test('deletes', async () => {
    await shell.ask('delete /c', /\/c: rc = -111\n/)
    for (const name of ['container', 'e', 'es-0000000002', 's-0000000000', 'ttl', 'two']) {
      await shell.ask(`delete /c/${name}`, new RegExp(`/c/${name}: rc = 0\\n`))
    }
    await shell.ask('delete /c', /\/c: rc = 0\n/)
    await shell.ask('delete /c', /\/c: rc = -101\n/)
  })

  test('authenticates and ends', async () => {
    shell.send('addauth digest anna:secret')
    await shell.ask('create /after-auth', /\[\/after-auth\]: rc = 0\n/)
    await shell.ask('delete /after-auth', /\/after-auth: rc = 0\n/)
    shell.send('quit')
    expect(await shell.exited()).toBe(0)
    expect(shell.output).not.toContain('AUTH_FAILED')
  })
})
