// cli: the exit codes of the command, which scripts and service managers may rely on (docs/operations/running.md repeats the table).

import { ZoariumError } from '../errors.ts'

/** How the command ends. A second SIGTERM or SIGINT ends it at once with 128 + the signal's number. */
export const ExitCode = {
  ok: 0,
  internal: 1,
  usage: 2,
  config: 3,
  cannotListen: 4,
  storageRefused: 5,
  storageFailed: 6,
  shutdownTimedOut: 7,
  serverUnavailable: 8,
  ensembleDegraded: 9,
  noQuorum: 10,
  stateDiffers: 11,
} as const
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode]

/** One line for each code, for `--help`. */
export const EXIT_CODE_TEXTS: Readonly<Record<ExitCode, string>> = {
  [ExitCode.ok]: 'ended as asked',
  [ExitCode.internal]: 'internal error: a bug, please report it',
  [ExitCode.usage]: 'the command line or an environment variable is wrong',
  [ExitCode.config]: 'the configuration, or what an argument says, is wrong',
  [ExitCode.cannotListen]: 'cannot listen: the port is in use, or the address is not ours',
  [ExitCode.storageRefused]: 'the data directory or snapshot file cannot be used: damaged, in use or not writable',
  [ExitCode.storageFailed]: 'a write or fsync failed; the disk needs a look',
  [ExitCode.shutdownTimedOut]: 'stopping took longer than 10 s and was cut short',
  [ExitCode.serverUnavailable]: 'the running server refused, or could not be asked to the end; try again',
  [ExitCode.ensembleDegraded]: 'the ensemble serves, but not all of its servers are well (ensemble status)',
  [ExitCode.noQuorum]: 'the ensemble has no leader with a quorum, and serves nobody (ensemble status)',
  [ExitCode.stateDiffers]:
    'the state of this server is not that of the others: it serves no more, and takes the state from them when it is started again',
}

const LISTEN_ERRORS: ReadonlySet<string> = new Set(['EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'ENOTFOUND', 'EAI_AGAIN', 'EAFNOSUPPORT'])
/** Calls whose failure says that the disk does not keep what it is given, whenever it comes. */
const WRITE_CALLS: ReadonlySet<string> = new Set(['write', 'writev', 'fsync', 'fdatasync'])
const LISTEN_CALLS: ReadonlySet<string> = new Set(['listen', 'bind', 'getaddrinfo'])

const UNAVAILABLE: ReadonlySet<string> = new Set(['ERR_CONNECTION_LOSS', 'THROTTLED_OP', 'AUTH_FAILED', 'UNIMPLEMENTED', 'SYSTEM_ERROR'])

/** The code for an error with which the server refused to start, or a tool to do its work. */
export function exitCodeOf(error: unknown): ExitCode {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (isListenError(cause)) return ExitCode.cannotListen
    if (isWriteError(cause)) return ExitCode.storageFailed
  }
  if (ZoariumError.is(error, 'ERR_STORAGE')) return ExitCode.storageRefused
  if (ZoariumError.is(error, 'DATA_INCONSISTENCY')) return ExitCode.stateDiffers
  if (ZoariumError.is(error, 'ERR_CONFIG')) return ExitCode.config
  if (ZoariumError.is(error, 'NO_NODE')) return ExitCode.usage
  if (ZoariumError.is(error) && UNAVAILABLE.has(error.code)) return ExitCode.serverUnavailable
  return ExitCode.internal
}

/** The call matters too: EACCES of a file is the storage's. */
function isListenError(error: NodeJS.ErrnoException): boolean {
  return error.code !== undefined && LISTEN_ERRORS.has(error.code) && error.syscall !== undefined && LISTEN_CALLS.has(error.syscall)
}

function isWriteError(error: NodeJS.ErrnoException): boolean {
  return error.syscall !== undefined && WRITE_CALLS.has(error.syscall)
}
