// support: the logger that the caller injects, in the shape of pino's.

/** Structured logging in the shape of pino: fields first, then the message. A pino instance fits as it is. */
export interface Logger {
  debug(fields: Readonly<Record<string, unknown>>, message: string): void
  info(fields: Readonly<Record<string, unknown>>, message: string): void
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
  error(fields: Readonly<Record<string, unknown>>, message: string): void
}

function ignore(): void {}

/** The default: says nothing. */
export const SILENT_LOGGER: Logger = Object.freeze({ debug: ignore, info: ignore, warn: ignore, error: ignore })
