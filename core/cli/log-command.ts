// cli: `zoarium log`: looks into the log of a data directory, and repairs it. The work is loaded when it is asked for.

import { Command, InvalidArgumentError, Option } from 'commander'
import type { InspectLogFlags, RepairLogFlags } from './log-actions.ts'

const MAX_RAISE = 1_000_000

/** The command; `finish` receives the exit code. */
export function logCommand(finish: (code: number) => void): Command {
  return new Command('log')
    .description('inspect and repair the log of a data directory')
    .addCommand(inspectCommand(finish))
    .addCommand(repairCommand(finish))
}

function json(): Option {
  return new Option('--json', 'print the result as JSON')
}

function inspectCommand(finish: (code: number) => void): Command {
  return new Command('inspect')
    .description('say what a data directory holds and whether a server can start on it; reads only, also beside a running server')
    .addOption(new Option('--data-dir <folder>', 'the data directory').env('ZOARIUM_DATA_DIR').default('./zoarium-data'))
    .option('--entries', 'list every entry first, one line each')
    .addOption(json())
    .addHelpText('after', '\nEnds with 0 if a server can start on the directory, with 5 if not.\n')
    .action(async (flags: InspectLogFlags) => {
      const { inspectLogAction } = await import('./log-actions.ts')
      finish(await inspectLogAction(flags))
    })
}

function repairCommand(finish: (code: number) => void): Command {
  return new Command('repair')
    .description('put what can be read of a damaged log into a new one; the originals are moved aside, never deleted')
    .requiredOption('--data-dir <folder>', 'the data directory; no server may be running on it')
    .option('--accept-loss', 'do it; without this it is only said what would be kept and lost, and nothing is changed')
    .addOption(new Option('--raise-terms <count>', 'terms to go up, so that no zxid is given twice').argParser(terms).default(1000))
    .addOption(json())
    .addHelpText(
      'after',
      '\nEnds with 0 if the log is whole or was repaired, with 5 if --accept-loss is needed or the directory cannot be used.\n',
    )
    .action(async (flags: RepairLogFlags) => {
      const { repairLogAction } = await import('./log-actions.ts')
      finish(await repairLogAction(flags))
    })
}

function terms(value: string): number {
  const count = Number(value)
  if (!/^\d+$/.test(value) || count < 1 || count > MAX_RAISE) throw new InvalidArgumentError(`Expected a number from 1 to ${MAX_RAISE}.`)
  return count
}
