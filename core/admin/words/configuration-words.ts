// admin: `conf`, `dirs` and `envi`: how the server is set up and where it runs.

import type { EnsembleView, ServerView } from '../../server/server-view.ts'
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
    `serverId=${config.serverId}\n` +
    membership(view.ensemble())
  )
}

/** As ZooKeeper's servers of an ensemble end their answer, but for limits and ports that have no counterpart. */
function membership(ensemble: EnsembleView | null): string {
  if (ensemble === null) return ''
  const own = ensemble.servers.find(({ self }) => self)
  const lines = ensemble.servers.map(
    ({ serverId, peerAddress, clientAddress }) =>
      `server.${serverId}=${peerAddress}:participant${clientAddress === '' ? '' : `;${clientAddress}`}\n`,
  )
  return `quorumPort=${own?.peerAddress.replace(/^.*:/, '')}\npeerType=0\nmembership: \n${lines.join('')}`
}

export function dirs(view: ServerView): string {
  const bytes = view.config().dataDirBytes
  return `datadir_size: ${bytes}\nlogdir_size: ${bytes}\n`
}

export function envi(view: ServerView): string {
  const facts = environmentFacts().map(([name, value]) => `${name}=${value}\n`)
  return `Environment:\nzookeeper.version=${versionText(view)}\n${facts.join('')}`
}
