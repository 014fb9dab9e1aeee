// The server of the recipes' suites: starts it before them, tells them its address, and ends it after them.

import { startApacheZooKeeper } from '../support/apache-zookeeper.ts'
import type { RunningServer } from '../support/servers.ts'
import { startZoariumEnsemble } from '../support/zoarium-ensemble.ts'

/** As on the server that they usually run on: sessions from half a second to a minute are possible. */
const TICK_MS = 100
const LINES = ['maxSessionTimeout=60000']

const STARTS: Readonly<Record<string, () => Promise<RunningServer>>> = {
  zookeeper: () => startApacheZooKeeper({ tickTimeMs: TICK_MS, lines: LINES }),
  ensemble: startZoariumEnsemble,
}

export default async function startServer(): Promise<() => Promise<void>> {
  const { RECIPES_ON = '' } = process.env
  const start = STARTS[RECIPES_ON]
  if (start === undefined) throw new Error(`RECIPES_ON: expected ${Object.keys(STARTS).join(' or ')}, got ${RECIPES_ON}`)
  const server = await start()
  process.env['ZOARIUM_RECIPES_SERVER'] = server.hosts
  return () => server.stop()
}
