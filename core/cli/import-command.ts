// cli: `zoarium import`: the data of an Apache ZooKeeper server becomes a new data directory of ours.

import { Command, InvalidArgumentError } from 'commander'
import { ZoariumError } from '../errors.ts'
import { type ImportReport, importZooKeeper } from '../tools/zookeeper/import.ts'
import { EXIT_CODE_TEXTS, ExitCode, exitCodeOf } from './exit-codes.ts'

interface ImportFlags {
  readonly from: string
  readonly logDir?: string
  readonly dataDir?: string
  readonly afterZxid?: number
  readonly dropSessions?: boolean
  readonly emulate353Ttl?: boolean
  readonly acceptLoss?: boolean
  readonly dryRun?: boolean
  readonly json?: boolean
}

/** The command; `finish` receives the exit code. */
export function importCommand(finish: (code: number) => void): Command {
  return new Command('import')
    .description("make a data directory from an Apache ZooKeeper server's snapshots and logs (3.4 to 3.9); the old files are only read")
    .requiredOption('--from <folder>', 'dataDir of the old server, which must not be running')
    .option('--log-dir <folder>', 'dataLogDir of the old server, if its zoo.cfg has one')
    .option('--data-dir <folder>', 'the new data directory; it must not exist or be empty')
    .option('--after-zxid <zxid>', 'a zxid that clients may have seen, if the files do not know it (0x… or decimal)', zxid)
    .option('--drop-sessions', 'end all sessions: their ephemeral nodes go, no client can resume')
    .option('--emulate-353-ttl', 'take TTL nodes that release 3.5.3 made for such (zookeeper.emulate353TTLNodes)')
    .option('--accept-loss', 'stop at damage of the log and import what comes before it')
    .option('--dry-run', 'read and check everything, write nothing')
    .option('--json', 'report as a JSON line')
    .addHelpText('after', helpText())
    .action(async (flags: ImportFlags, command: Command) => {
      if (flags.dataDir === undefined && flags.dryRun !== true) command.error('error: --data-dir or --dry-run is needed')
      finish(await run(flags))
    })
}

async function run(flags: ImportFlags): Promise<ExitCode> {
  const progress = new ProgressLine()
  try {
    const report = await importZooKeeper({
      from: flags.from,
      logDir: flags.logDir,
      dataDir: flags.dryRun === true ? null : (flags.dataDir ?? null),
      afterZxid: flags.afterZxid,
      dropSessions: flags.dropSessions === true,
      emulate353: flags.emulate353Ttl === true,
      acceptLoss: flags.acceptLoss === true,
      nowMs: Date.now(),
      progress: (step, done, total) => progress.show(step, done, total),
    })
    progress.clear()
    process.stdout.write(flags.json === true ? `${JSON.stringify({ event: 'imported', ...report })}\n` : reportText(report))
    return ExitCode.ok
  } catch (error) {
    progress.clear()
    if (!ZoariumError.is(error)) throw error
    process.stderr.write(`error: ${error.message}${causeOf(error)}\n`)
    return exitCodeOf(error)
  }
}

function causeOf(error: ZoariumError): string {
  return error.cause instanceof Error ? ` (${error.cause.message})` : ''
}

function zxid(text: string): number {
  const value = /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('Expected a zxid below 2^53, such as 0x1200000034.')
  return value
}

function reportText(report: ImportReport): string {
  const lines: (readonly [string, string])[] = [
    [report.dataDir === null ? 'dry run' : 'imported', report.dataDir ?? 'nothing was written'],
    ['read', `${report.snapshot ?? 'no snapshot'} and ${report.replayedRecords} records of the log after it`],
    ['last zxid', `${report.lastZxid} (epoch ${report.epoch}); new ones are above ${report.newZxidsAbove}`],
    [
      'nodes',
      `${report.nodes} (${report.ephemerals} ephemeral, ${report.containers} containers, ${report.ttlNodes} with a TTL), ${report.dataBytes} bytes`,
    ],
    ['sessions', String(report.sessions)],
    ['quotas', String(report.quotas)],
    ['digest', DIGEST_TEXTS[report.digest]],
    ...report.notes.map((note) => ['note', note] as const),
  ]
  return lines.map(([name, value]) => `${name.padEnd(10)} ${value}\n`).join('')
}

const DIGEST_TEXTS: Readonly<Record<ImportReport['digest'], string>> = {
  equal: "the tree is the one that ZooKeeper's own digest stands for",
  different: "the tree is not the one that ZooKeeper's own digest stands for: see the note",
  absent: 'the old files hold none for the last zxid: nothing to compare with',
}

const REDRAW_MS = 100

/** One line on a terminal that is written over; nothing anywhere else. */
class ProgressLine {
  #shownAtMs = 0
  #step = ''

  show(step: string, done: number, total: number): void {
    if (!process.stderr.isTTY) return
    const nowMs = performance.now()
    if (step === this.#step && nowMs - this.#shownAtMs < REDRAW_MS) return
    this.#shownAtMs = nowMs
    this.#step = step
    const share = done > 0 && total > 0 ? ` ${Math.min(100, Math.floor((100 * done) / total))} %` : ''
    process.stderr.write(`\r\x1b[K${step}${share}`)
  }

  clear(): void {
    if (this.#step !== '') process.stderr.write('\r\x1b[K')
    this.#step = ''
  }
}

function helpText(): string {
  const codes = [ExitCode.ok, ExitCode.internal, ExitCode.usage, ExitCode.config, ExitCode.storageRefused] as const
  return `
Zxids, times, versions, access control lists, quotas, ephemerals, containers, TTL nodes and sessions are kept: a client whose session has not
timed out resumes it. Of an ensemble, take the member with the latest epoch and, among those, the highest last zxid (--dry-run shows both).

Examples:
  zoarium import --from /var/lib/zookeeper --dry-run
  zoarium import --from /var/lib/zookeeper --log-dir /var/log/zookeeper-txn --data-dir /var/lib/zoarium

Exit codes:
${codes.map((code) => `  ${code}  ${EXIT_CODE_TEXTS[code]}`).join('\n')}
`
}
