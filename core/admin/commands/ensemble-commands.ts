// admin: commands about ensembles and Zab, as a standalone ZooKeeper answers them, and about tracing and digests, of which there are none.

import { type Command, CommandError } from './command.ts'

export const ENSEMBLE_COMMANDS: readonly Command[] = [
  {
    names: ['leader', 'lead'],
    run() {
      throw new CommandError('this server is standalone: it leads nobody')
    },
  },
  { names: ['observers', 'obsr'], run: () => ({ synced_observers: 0, observers: [] }) },
  { names: ['observer_connection_stat_reset', 'orst'], run: () => ({}) },
  { names: ['voting_view'], run: () => ({ current_config: {} }) },
  { names: ['zabstate'], run: () => ({ voting: false, zabstate: '' }) },
  { names: ['hash'], run: () => ({ digests: [] }) },
  { names: ['get_trace_mask', 'gtmk'], always: true, run: () => ({ tracemask: 0 }) },
  {
    names: ['set_trace_mask', 'stmk'],
    always: true,
    run() {
      throw new CommandError('nothing is traced by this server: there is no mask to set')
    },
  },
]
