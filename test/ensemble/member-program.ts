// One server of an ensemble as a process of its own: its options as JSON in the first argument, events as JSON lines on stdout, SIGTERM ends it in order.

import { type ServerOptions, startServer } from '../../core/server/index.ts'
import type { Logger } from '../../core/support/logger.ts'

const options = JSON.parse(process.argv[2] ?? '{}') as ServerOptions

function tell(event: string, fields: object = {}): void {
  process.stdout.write(`${JSON.stringify({ event, ...fields })}\n`)
}

const say =
  (level: string) =>
  (fields: object, message: string): void => {
    process.stderr.write(`${JSON.stringify({ at: Date.now(), level, message, ...fields })}\n`)
  }
const logger: Logger = { debug() {}, info: say('info'), warn: say('warn'), error: say('error') }

const server = await startServer({ ...options, logger })
tell('listening', { connectString: server.connectString })
const roles = setInterval(() => {
  const { mode } = server.view.stats()
  if (mode !== lastMode) tell('mode', { mode })
  lastMode = mode
}, 10)
let lastMode = ''

process.once('SIGTERM', () => {
  clearInterval(roles)
  server.close().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`)
      process.exit(1)
    },
  )
})
