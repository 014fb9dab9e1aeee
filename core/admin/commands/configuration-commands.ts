// admin: commands about how the server is set up and where it runs.

import { environmentFacts } from '../process-facts.ts'
import { versionText } from '../spoken-version.ts'
import type { Command } from './command.ts'

export const CONFIGURATION_COMMANDS: readonly Command[] = [
  {
    names: ['configuration', 'conf', 'config'],
    run(view) {
      const config = view.config()
      return {
        client_port: config.clientPort,
        data_dir: config.dataDir,
        data_log_dir: config.dataDir,
        tick_time: config.tickTimeMs,
        max_client_cnxns: config.maxConnectionsPerAddress,
        min_session_timeout: config.minSessionTimeoutMs,
        max_session_timeout: config.maxSessionTimeoutMs,
        server_id: config.serverId,
        client_port_listen_backlog: -1,
      }
    },
  },
  {
    names: ['dirs'],
    run(view) {
      const bytes = view.config().dataDirBytes
      return { datadir_size: bytes, logdir_size: bytes }
    },
  },
  {
    names: ['environment', 'env', 'envi'],
    always: true,
    run: (view) => ({ 'zookeeper.version': versionText(view), ...Object.fromEntries(environmentFacts()) }),
  },
  {
    // ZooKeeper shows the text of zoo.cfg. Settings come from flags and the environment too, so all that are in force are shown, as a file of them would be.
    names: ['initial_configuration', 'icfg'],
    always: true,
    run: (view) => ({ initial_configuration: [...view.config().options].map(([name, value]) => `${name}=${value}\n`).join('') }),
  },
  {
    names: ['system_properties', 'sysp'],
    always: true,
    run: () => Object.fromEntries(Object.entries(process.versions).map(([name, version]) => [`${name}.version`, version ?? ''])),
  },
  { names: ['is_read_only', 'isro'], run: (view) => ({ read_only: view.readOnly }) },
  { names: ['ruok'], always: true, run: () => ({}) },
]
