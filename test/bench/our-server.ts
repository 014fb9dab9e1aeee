// bench: starts this package's server for the benchmark: `node our-server.js PORT FOLDER`. SIGTERM closes it in order.

import { startServer } from '../../core/server/index.ts'

const [port, dataDir] = process.argv.slice(2)
if (port === undefined || dataDir === undefined) throw new Error('expected: our-server.js PORT FOLDER')

const server = await startServer({ port: Number(port), dataDir, maxConnectionsPerAddress: 0 })

process.once('SIGTERM', () => {
  server.close().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      process.exit(1)
    },
  )
})
