// cli: `zoarium snapshot`: what can be said on the command line. The work is loaded when it is asked for.

import { Command, Option } from 'commander'
import { DEFAULT_DATA_DIR } from './server-flags.ts'
import type { InspectFlags, RestoreFlags, SaveFlags, VerifyFlags } from './snapshot-flags.ts'
import { zxid } from './zxid-flag.ts'

/** The command; `finish` receives the exit code. */
export function snapshotCommand(finish: (code: number) => void): Command {
  return new Command('snapshot')
    .description('back up, check and restore the state')
    .addCommand(saveCommand(finish))
    .addCommand(inspectCommand(finish))
    .addCommand(verifyCommand(finish))
    .addCommand(restoreCommand(finish))
}

function json(): Option {
  return new Option('--json', 'print the result as JSON')
}

function saveCommand(finish: (code: number) => void): Command {
  return new Command('save')
    .description('write a snapshot of the present state to a file: from the running server, or from the data directory of a stopped one')
    .argument('<file>', 'the file to write')
    .addOption(new Option('--data-dir <folder>', "the server's data directory").env('ZOARIUM_DATA_DIR').default(DEFAULT_DATA_DIR))
    .option('--force', 'replace the file if it exists')
    .addOption(json())
    .action(async (file: string, flags: SaveFlags) => {
      const { saveAction } = await import('./snapshot-save.ts')
      finish(await saveAction(file, flags))
    })
}

function inspectCommand(finish: (code: number) => void): Command {
  return new Command('inspect')
    .description('check a snapshot file and say what is in it')
    .argument('<file>', 'a snapshot file')
    .option('--nodes [path]', 'list the nodes from a path on (default: all), one JSON line each')
    .option('--sessions', 'list the sessions, one JSON line each')
    .addOption(json())
    .action(async (file: string, flags: InspectFlags) => {
      const { inspectAction } = await import('./snapshot-inspect.ts')
      finish(await inspectAction(file, flags))
    })
}

function verifyCommand(finish: (code: number) => void): Command {
  const command = new Command('verify')
    .description('read snapshot files to their end: every checksum, the digests, every record; ends with 0 if all are whole')
    .argument('[files...]', 'snapshot files')
    .option('--data-dir <folder>', 'all snapshots of a data directory, also of a running server')
    .addOption(json())
  return command.action(async (files: readonly string[], flags: VerifyFlags) => {
    if (files.length === 0 && flags.dataDir === undefined) command.error('error: give files, --data-dir, or both')
    const { verifyAction } = await import('./snapshot-verify.ts')
    finish(await verifyAction(files, flags))
  })
}

function restoreCommand(finish: (code: number) => void): Command {
  return new Command('restore')
    .description('make a new data directory from a snapshot file')
    .argument('<file>', 'a snapshot file')
    .requiredOption('--data-dir <folder>', 'the folder to make; it must not exist, or be empty')
    .option(
      '--after-zxid <zxid>',
      'the highest zxid that clients have seen; new ones are above it (default: the next 1,000 terms are skipped)',
      zxid,
    )
    .option('--drop-sessions', 'end all sessions, and their ephemeral nodes with them')
    .addOption(json())
    .action(async (file: string, flags: RestoreFlags) => {
      const { restoreAction } = await import('./snapshot-restore.ts')
      finish(await restoreAction(file, flags))
    })
}
