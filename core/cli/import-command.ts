// cli: `zoarium import`: what can be said on the command line. The work is loaded when it is asked for.

import { Command } from 'commander'
import type { ImportFlags } from './import-flags.ts'
import { zxid } from './zxid-flag.ts'

/** The command; `finish` receives the exit code. */
export function importCommand(finish: (code: number) => void): Command {
  const command = new Command('import')
    .description("make a data directory from an Apache ZooKeeper server's snapshots and logs (3.4 to 3.9), which are only read")
    .requiredOption('--from <folder>', 'dataDir of the old server, which must not be running')
    .option('--log-dir <folder>', 'dataLogDir of the old server, if its zoo.cfg has one')
    .option('--data-dir <folder>', 'the folder to make; it must not exist, or be empty')
    .option(
      '--after-zxid <zxid>',
      'the highest zxid that clients have seen; new ones are above it (default: the next 1,000 epochs are skipped)',
      zxid,
    )
    .option('--drop-sessions', 'end all sessions, and their ephemeral nodes with them')
    .option('--emulate-353-ttl', 'know TTL nodes of release 3.5.3, as zookeeper.emulate353TTLNodes did')
    .option('--accept-loss', 'stop at damage of the log, and import what comes before it')
    .option('--dry-run', 'read and check everything, write nothing')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
  return command.action(async (flags: ImportFlags) => {
    if (flags.dataDir === undefined && flags.dryRun !== true) command.error('error: give --data-dir, or --dry-run')
    const { importAction } = await import('./import-action.ts')
    finish(await importAction(flags))
  })
}

const HELP = `
Zxids, times, versions, access control lists, quotas, ephemerals, containers, TTL nodes and sessions are kept: a client whose session has not
timed out resumes it. Of an ensemble, take the member with the latest epoch and, among those, the highest last zxid: --dry-run shows both.

Examples:
  zoarium import --from /var/lib/zookeeper --dry-run
  zoarium import --from /var/lib/zookeeper --data-dir /var/lib/zoarium
  zoarium import --from /srv/zk/data --log-dir /srv/zk/log --data-dir /var/lib/zoarium
`
