// cli: what `zoarium ensemble start` tells: lines for a person, or JSON lines.

import { unreachable } from '../support/assert.ts'
import { VERSION } from '../support/version.ts'
import { EXIT_CODE_TEXTS, type ExitCode } from './exit-codes.ts'

export type EnsembleEvent =
  | { readonly event: 'started'; readonly server: number; readonly pid: number; readonly connectString: string; readonly log: string }
  | { readonly event: 'listening'; readonly server: number; readonly pid: number }
  /** All serve. Once. */
  | {
      readonly event: 'ready'
      readonly connectString: string
      readonly dir: string
      readonly leader: number
      readonly leaderPid: number
      readonly servers: readonly { readonly server: number; readonly pid: number; readonly connectString: string }[]
    }
  | { readonly event: 'leader'; readonly server: number; readonly pid: number; readonly term: number }
  | {
      readonly event: 'died'
      readonly server: number
      readonly pid: number
      readonly code: number | null
      readonly signal: string | null
      readonly restarts: boolean
      readonly log: string
    }
  | { readonly event: 'stopping'; readonly signal: string }
  | { readonly event: 'stopped'; readonly dir: string; readonly orderly: boolean }

export function tellEvent(event: EnsembleEvent, json: boolean): void {
  const text = json ? JSON.stringify(event) : eventText(event)
  if (text !== null) process.stdout.write(`${text}\n`)
}

/** For a person; `null`: not worth a line. */
export function eventText(event: EnsembleEvent): string | null {
  switch (event.event) {
    case 'started':
      return `server ${event.server} starts on ${event.connectString} (process ${event.pid}, log ${event.log})`
    case 'listening':
      return `server ${event.server} serves (process ${event.pid})`
    case 'ready':
      return readyText(event)
    case 'leader':
      return `server ${event.server} leads in term ${event.term} (process ${event.pid})`
    case 'died':
      return `server ${event.server} ${endText(event)}; ${event.restarts ? 'it starts again in a second' : `it stays down; its log: ${event.log}`}`
    case 'stopping':
      return `${event.signal}: stopping all servers; a second one stops at once`
    case 'stopped':
      return event.orderly ? `stopped; the data stay in ${event.dir}` : `stopped, not all in order; the data stay in ${event.dir}`
    default:
      return unreachable(event)
  }
}

function readyText({ servers, dir, leader, leaderPid, connectString }: Extract<EnsembleEvent, { event: 'ready' }>): string {
  const alone = servers.length === 1
  return [
    '',
    `zoarium ${VERSION}: ${alone ? 'one server' : `an ensemble of ${servers.length} servers, server ${leader} leads`}`,
    '',
    `  connect to   ${connectString}`,
    ...(alone
      ? []
      : [
          `  look at it   npx zoarium ensemble status --dir ${quoted(dir)}`,
          `  try it       kill -9 ${leaderPid}   (the leader: another one takes over, it comes back)`,
        ]),
    '  stop it      Ctrl-C; the same command goes on with the data',
    '',
  ].join('\n')
}

function quoted(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`
}

function endText({ pid, code, signal }: { pid: number; code: number | null; signal: string | null }): string {
  if (signal !== null) return `(process ${pid}) was killed by ${signal}`
  const text = EXIT_CODE_TEXTS[code as ExitCode]
  return `(process ${pid}) ended with code ${code}${text === undefined ? '' : `: ${text}`}`
}
