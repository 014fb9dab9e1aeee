// ZooKeeper's own shell reads /zookeeper/config: the connection string that it makes of it leads to all servers.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connect } from 'zoarium'
import { EnsembleProcesses } from '../../ensemble/ensemble-processes.ts'
import { Terminal } from '../support/child-process.ts'
import { ZK_CLI } from '../support/requirements.ts'

test('zkCli: config shows the servers, config -c where clients connect to', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'zoarium-config-'))
  {
    await using ensemble = await EnsembleProcesses.start(3, folder)
    // The leader writes it a moment after the servers have found together.
    const client = await connect(ensemble.connectString)
    const written = client.nextEvent('/zookeeper/config', 'data')
    if ((await client.getData('/zookeeper/config')).data?.length === 0) await written
    await client.close()
    const shell = new Terminal(ZK_CLI, ['-server', ensemble.connectString])
    try {
      await shell.waitFor(/WatchedEvent state:SyncConnected type:None path:null/)
      await shell.ask(
        'config',
        /server\.1=127\.0\.0\.1:\d+:\d+:participant;127\.0\.0\.1:\d+\nserver\.2=.*\nserver\.3=.*\nversion=[0-9a-f]+\n/,
      )
      const [told] = await shell.ask('config -c', /127\.0\.0\.1:\d+,127\.0\.0\.1:\d+,127\.0\.0\.1:\d+\n/)
      for (const id of ensemble.ids) expect(told).toContain(ensemble.addressOf(id))
    } finally {
      await shell.kill()
    }
  }
  rmSync(folder, { recursive: true })
}, 60_000)
