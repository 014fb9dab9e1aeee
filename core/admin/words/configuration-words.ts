// admin: `conf`, `dirs` and `envi`: how the server is set up and where it runs.

import type { ServerView } from '../../server/server-view.ts'
import { environmentFacts } from '../process-facts.ts'
import { versionText } from '../spoken-version.ts'

export function conf(view: ServerView): string {
  const config = view.config()
  return (
    `clientPort=${config.clientPort}\n` +
    'secureClientPort=-1\n' +
    `dataDir=${config.dataDir}\n` +
    `dataDirSize=${config.dataDirBytes}\n` +
    `dataLogDir=${config.dataDir}\n` +
    `dataLogSize=${config.dataDirBytes}\n` +
    `tickTime=${config.tickTimeMs}\n` +
    `maxClientCnxns=${config.maxConnectionsPerAddress}\n` +
    `minSessionTimeout=${config.minSessionTimeoutMs}\n` +
    `maxSessionTimeout=${config.maxSessionTimeoutMs}\n` +
    'clientPortListenBacklog=-1\n' +
    `serverId=${config.serverId}\n`
  )
}

export function dirs(view: ServerView): string {
  const bytes = view.config().dataDirBytes
  return `datadir_size: ${bytes}\nlogdir_size: ${bytes}\n`
}

export function envi(view: ServerView): string {
  const facts = environmentFacts().map(([name, value]) => `${name}=${value}\n`)
  return `Environment:\nzookeeper.version=${versionText(view)}\n${facts.join('')}`
}
