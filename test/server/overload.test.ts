// A short overload: the campaign at full length is `npm run overload` (docs/internals/evidence.md).

import { afterEach, expect, test } from 'vitest'
import { connect } from '../../core/index.ts'
import { type Server, startServer } from '../../core/server/index.ts'
import { FairClients } from './overload/fair-clients.ts'
import { FLOOD_PATHS, Flood } from './overload/flood.ts'

const OPERATIONS = 20

let server: Server | null = null

afterEach(async () => {
  await server?.close()
  server = null
})

test('fair clients are served while many flood, read slowly or do not read at all', async () => {
  server = await startServer({ maxConnectionsPerAddress: 0, maxOutstandingRequests: 200, maxUnreadBytes: 1 << 23 })
  const client = await connect(server.connectString)
  for (const path of FLOOD_PATHS) await client.create(path, Buffer.alloc(1000, 1))
  const fair = new FairClients()
  await fair.start(server.port, 3)
  const flood = new Flood({ port: server.port, flooders: 60, slowReaders: 10, silentReaders: 10, silentWatchers: 5 })
  flood.start()
  fair.run()
  while (fair.writes.count < OPERATIONS || flood.counts.connected < 85) await client.sync('/')
  flood.stop()
  await fair.stop()
  expect([...fair.failures]).toEqual([])
  expect(fair.reads.count).toBeGreaterThanOrEqual(OPERATIONS)
  expect(flood.counts.bytesSent).toBeGreaterThan(1 << 20)
  await client.close()
}, 120_000)
