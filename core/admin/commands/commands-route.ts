// admin: `/commands` and `/commands/<name>`: ZooKeeper's AdminServer with its commands, field names and shapes.
//
//   GET /commands/srvr   200 {..., "command" : "server_stats", "error" : null}
//                        503 {"command" : "server_stats", "error" : "This ZooKeeper instance is not currently serving requests"}
//   GET /commands/nope   404 {"command" : "nope", "error" : "Unknown command: nope"}

import { Hono } from 'hono'
import type { ServerView } from '../../server/server-view.ts'
import { type JsonObject, jsonText } from '../json-text.ts'
import { type Command, CommandError } from './command.ts'
import { CONFIGURATION_COMMANDS } from './configuration-commands.ts'
import { ENSEMBLE_COMMANDS } from './ensemble-commands.ts'
import { SESSION_COMMANDS } from './session-commands.ts'
import { STATISTICS_COMMANDS } from './statistics-commands.ts'

/** All commands, by name. */
export const COMMANDS: readonly Command[] = [
  ...CONFIGURATION_COMMANDS,
  ...STATISTICS_COMMANDS,
  ...SESSION_COMMANDS,
  ...ENSEMBLE_COMMANDS,
].sort(({ names: [a] }, { names: [b] }) => (a < b ? -1 : 1))

const BY_NAME = new Map(COMMANDS.flatMap((command) => command.names.map((name) => [name, command] as const)))

const NOT_SERVING = 'This ZooKeeper instance is not currently serving requests'
const JSON_TYPE = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' }

/** The routes below the command path, which is `base`. */
export function commandRoutes(view: ServerView, base: string): Hono {
  const routes = new Hono()
  const links = COMMANDS.map(({ names: [name] }) => `<a href="${base}/${name}">${name}</a>\n<br/>\n`).join('')
  routes.get('/', (c) => c.html(links))
  routes.get('/:name', (c) => {
    const { status, fields } = runCommand(view, c.req.param('name'))
    return c.body(`${jsonText(fields)}\n`, status, JSON_TYPE)
  })
  return routes
}

/** The answer to a command by any of its names. */
export function runCommand(view: ServerView, asked: string): { status: 200 | 404 | 500 | 503; fields: JsonObject } {
  const command = BY_NAME.get(asked.toLowerCase())
  if (command === undefined) return { status: 404, fields: { command: asked, error: `Unknown command: ${asked}` } }
  const [name] = command.names
  if (!view.serving && command.always !== true) return { status: 503, fields: { command: name, error: NOT_SERVING } }
  try {
    return { status: 200, fields: { ...command.run(view), command: name, error: null } }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    return { status: 500, fields: { command: name, error: error.message } }
  }
}
