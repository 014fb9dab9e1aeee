// cli: the log of the process: pino's JSON lines on stderr, or the same lines made readable for a person at a terminal.

import type { Logger } from '../support/logger.ts'
import type { LogFormat, LogLevel } from './server-flags.ts'

/** A logger on stderr. pino is loaded here and nowhere else, so users of the library never load it. */
export async function processLogger(level: LogLevel, format: LogFormat): Promise<Logger> {
  const { pino } = await import('pino')
  const options = {
    level,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: pino.stdSerializers.err, error: pino.stdSerializers.err },
  }
  // Synchronous, so that the last line before the end of the process is never lost.
  if (format === 'json') return inOurShape(pino(options, pino.destination({ fd: 2, sync: true })))
  const { NO_COLOR } = process.env
  const colored = process.stderr.isTTY && NO_COLOR === undefined
  return inOurShape(pino(options, { write: (line: string) => process.stderr.write(prettyLine(line, colored)) }))
}

/** Only what rooms may use of it. */
function inOurShape(log: Logger): Logger {
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
  }
}

const COLORS: Readonly<Record<string, string>> = { debug: '\x1b[90m', info: '\x1b[32m', warn: '\x1b[33m', error: '\x1b[31m' }

/** `12:34:56.789 WARN  message key=value`, with an error's stack below. */
export function prettyLine(json: string, colored: boolean): string {
  const { level, time, msg, pid: _pid, err, error, ...fields } = JSON.parse(json) as Record<string, unknown>
  const name = String(level)
  const label = name.toUpperCase().padEnd(5)
  const shown = colored ? `${COLORS[name] ?? ''}${label}\x1b[0m` : label
  let line = `${String(time).slice(11, 23)} ${shown} ${String(msg)}`
  for (const [key, value] of Object.entries(fields)) line += ` ${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`
  for (const failure of [err, error]) {
    if (typeof failure === 'object' && failure !== null && 'stack' in failure) line += `\n${String(failure.stack).replace(/^/gm, '    ')}`
    else if (failure !== undefined) line += ` error=${typeof failure === 'string' ? failure : JSON.stringify(failure)}`
  }
  return `${line}\n`
}
