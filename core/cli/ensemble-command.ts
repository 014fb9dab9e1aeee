// cli: `zoarium ensemble`: what can be said on the command line. The work is loaded when it is asked for.

import { Command, InvalidArgumentError } from 'commander'
import { DEFAULT_ENSEMBLE_DIR, type EnsembleStartFlags, type EnsembleStatusFlags } from './ensemble-flags.ts'

/** The command; `finish` receives the exit code. */
export function ensembleCommand(finish: (code: number) => void): Command {
  return new Command('ensemble')
    .description('run an ensemble on this machine to try things out, and look at any ensemble')
    .addCommand(startCommand(finish))
    .addCommand(statusCommand(finish))
}

function startCommand(finish: (code: number) => void): Command {
  return new Command('start')
    .description('run an ensemble of several server processes on this machine; what stands in the folder goes on')
    .option('--local <count>', 'how many servers: 1, 3, 5 or 7 (default: 3, or as many as the folder has)', count)
    .option('--dir <folder>', 'folder of settings, data and logs, one folder below it for each server', DEFAULT_ENSEMBLE_DIR)
    .option('--port <number>', 'client port of the first server, the others follow; 0 takes free ones (default: 2181)', port)
    .option('--no-restart', 'leave a server that dies dead')
    .option('--json', 'tell what happens as JSON lines')
    .action(async (flags: EnsembleStartFlags) => {
      const { startAction } = await import('./ensemble-start.ts')
      finish(await startAction(flags))
    })
}

function statusCommand(finish: (code: number) => void): Command {
  return new Command('status')
    .description('show the servers of an ensemble: who leads, who is behind, whose clock is wrong')
    .option('--dir <folder>', 'folder of an ensemble that runs on this machine', DEFAULT_ENSEMBLE_DIR)
    .option('--data-dir <folder>', 'data directory of one server on this machine, in place of --dir')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nEnds with 0 if all is well, 9 if some server is not, 10 without a quorum, 8 if no server answers.\n')
    .action(async (flags: EnsembleStatusFlags) => {
      const { statusAction } = await import('./ensemble-status.ts')
      finish(await statusAction(flags))
    })
}

function count(value: string): number {
  if (!/^[1357]$/.test(value)) throw new InvalidArgumentError('Expected 1, 3, 5 or 7.')
  return Number(value)
}

function port(value: string): number {
  const number = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  if (!(number <= 65_535)) throw new InvalidArgumentError('Expected a port from 0 to 65535.')
  return number
}
