// cli: `zoarium server`: starts a server, says when it listens, and ends it in order.
//
//   settings -> logger -> startServer -> "listening" on stdout -> (signal -> close | storage fails) -> exit code

import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { ZoariumError } from '../errors.ts'
import { type Server, startServer } from '../server/index.ts'
import type { Logger } from '../support/logger.ts'
import { VERSION } from '../support/version.ts'
import { collectGarbage } from './collect-garbage.ts'
import { EXIT_CODE_TEXTS, ExitCode, exitCodeOf } from './exit-codes.ts'
import { processLogger } from './process-logger.ts'
import { ADMIN_TOKEN_VARIABLE, CONFIG_VARIABLE, SUPER_DIGEST_VARIABLE, serverFlags, TLS_PASSPHRASE_VARIABLE } from './server-flags.ts'
import { type ServerSettings, serverSettings } from './server-settings.ts'
import { endsWithin, onHangUp, stopRequested } from './shutdown.ts'
import { showStart } from './start-display.ts'

const SHUTDOWN_LIMIT_MS = 10_000

/** The command; `finish` receives the exit code. */
export function serverCommand(finish: (code: number) => void): Command {
  const command = new Command('server')
    .description('run a server')
    .argument('[zoo.cfg]', `ZooKeeper's configuration file (also: ${CONFIG_VARIABLE})`)
    .addHelpText('after', helpText())
  for (const flag of serverFlags()) command.addOption(flag)
  return command.action(async (file: string | undefined) => {
    let settings: ServerSettings
    try {
      settings = await serverSettings(command, file, process.env)
    } catch (error) {
      if (!ZoariumError.is(error)) throw error
      process.stderr.write(`error: ${error.message}\n`)
      return finish(exitCodeOf(error))
    }
    finish(await runServer(settings))
  })
}

async function runServer(settings: ServerSettings): Promise<ExitCode> {
  const stop = stopRequested()
  const logger = await processLogger(settings.logLevel, settings.logFormat)
  // A bug: the state of the process is unknown, so nothing more is written; what was acknowledged is on disk.
  process.on('uncaughtException', (err) => {
    logger.error({ err }, 'internal error, the server stops')
    process.exit(ExitCode.internal)
  })
  for (const warning of settings.warnings) logger.warn({}, warning)
  for (const note of settings.notes) logger.info({}, note)

  let server: Server
  const starting = new AbortController()
  void stop.then((signal) => starting.abort(signal))
  const display = showStart(logger, process.stderr)
  try {
    refuseForeignData(settings.options.dataDir)
    server = await startServer({ ...settings.options, logger }, { signal: starting.signal, onProgress: display.show })
  } catch (err) {
    if (starting.signal.aborted && err === starting.signal.reason) {
      logger.info({ signal: err }, 'stopped before it served')
      return ExitCode.ok
    }
    const code = exitCodeOf(err)
    logger.error({ err, exitCode: code }, `the server did not start: ${EXIT_CODE_TEXTS[code]}`)
    return code
  } finally {
    display.end()
  }
  collectGarbage()
  onHangUp(() => {
    server.reload().then(
      () => logger.info({}, 'certificates and users read again'),
      (err: unknown) => logger.error({ err }, 'not everything could be read again; what was in force stays'),
    )
  })
  announce(server, settings)
  return runUntilEnd(server, stop, logger)
}

/** An operator who points this server at ZooKeeper's folder must not find an empty tree. */
function refuseForeignData(dataDir: string | undefined): void {
  if (dataDir === undefined || !existsSync(join(dataDir, 'version-2'))) return
  throw new ZoariumError(
    'ERR_STORAGE',
    `${resolve(dataDir)} holds data of Apache ZooKeeper (version-2); choose another folder, or bring it over: zoarium import --from ${resolve(dataDir)} --data-dir <new folder>`,
  )
}

/** One line on stdout for whoever waits for the server. */
function announce(server: Server, { json, options: { ensemble, serverId } }: ServerSettings): void {
  const { host, port, securePort, dataDir } = server
  const among = ensemble === undefined ? '' : `, server ${serverId} of an ensemble of ${ensemble.servers.length}`
  const where = dataDir === null ? 'in memory: everything is forgotten at the end' : `data in ${resolve(dataDir)}`
  const line = json
    ? JSON.stringify({
        event: 'listening',
        host,
        port,
        ...(securePort === null ? {} : { securePort }),
        connectString: server.connectString,
        dataDir,
        ...(ensemble === undefined ? {} : { serverId, servers: ensemble.servers.length }),
        version: VERSION,
        pid: process.pid,
      })
    : `zoarium ${VERSION} is listening on ${server.connectString} (${where}${among})`
  process.stdout.write(`${line}\n`)
}

async function runUntilEnd(server: Server, stop: Promise<string>, logger: Logger): Promise<ExitCode> {
  const end = await Promise.race([stop, server.failed])
  if (typeof end !== 'string') {
    // Whatever it was, it was the storage's, but for a state that is known to be wrong.
    const code = exitCodeOf(end) === ExitCode.stateDiffers ? ExitCode.stateDiffers : ExitCode.storageFailed
    logger.error({ err: end, exitCode: code }, `the server stops: ${EXIT_CODE_TEXTS[code]}`)
    return code
  }
  logger.info({ signal: end }, 'stopping; a second signal stops at once')
  try {
    if (await endsWithin(server.close(), SHUTDOWN_LIMIT_MS)) {
      logger.info({}, 'stopped')
      return ExitCode.ok
    }
  } catch (err) {
    logger.error({ err, exitCode: ExitCode.storageFailed }, 'stopping failed')
    return ExitCode.storageFailed
  }
  logger.error({ exitCode: ExitCode.shutdownTimedOut }, EXIT_CODE_TEXTS[ExitCode.shutdownTimedOut])
  return ExitCode.shutdownTimedOut
}

function helpText(): string {
  const codes = Object.entries(EXIT_CODE_TEXTS).map(([code, text]) => `  ${code}  ${text}`)
  return `
Flags win over the environment, the environment over zoo.cfg, zoo.cfg over the defaults.
${SUPER_DIGEST_VARIABLE} sets the super user (user:base64(sha1(user:password))),
${ADMIN_TOKEN_VARIABLE} the token of the admin HTTP (default: another one at every start, in <data-dir>/admin.json).
${TLS_PASSPHRASE_VARIABLE} the passphrase of the private key.

Examples:
  zoarium server
  zoarium server --in-memory --port 0 --json
  zoarium server /etc/zookeeper/conf/zoo.cfg --data-dir /var/lib/zoarium
  zoarium server --server-id 1 --server 1=zk1:2888 --server 2=zk2:2888 --server 3=zk3:2888 --peer-secret-file /etc/zoarium/secret

Exit codes:
${codes.join('\n')}
`
}
