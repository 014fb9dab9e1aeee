// admin: answers the four-letter words in ZooKeeper's own field names and layout (org.apache.zookeeper.server.command), so that the
// scripts, exporters and dashboards that parse them need no change. A word changes nothing: `crst`, `srst` and `stmk` are not offered.

import type { ConnectionView, DiskStats, ServerStats, ServerView } from '../server/server-view.ts'
import { environmentFacts, maxFileDescriptors, openFileDescriptors } from './process-facts.ts'

const NOT_SERVING = 'This ZooKeeper instance is not currently serving requests\n'

/** The version of ZooKeeper whose client protocol and words this server speaks; parsers expect three numbers before the first dash. */
const SPOKEN_VERSION = '3.9.0'

type Answer = (view: ServerView) => string

const ANSWERS: ReadonlyMap<string, Answer> = new Map<string, Answer>([
  ['ruok', () => 'imok'],
  ['isro', isro],
  ['envi', envi],
  ['srvr', ifServing((view) => versionLine(view) + statistics(view.stats()))],
  ['stat', ifServing(stat)],
  ['mntr', ifServing(mntr)],
  ['cons', ifServing(cons)],
  ['conf', ifServing(conf)],
  ['dirs', ifServing(dirs)],
])

/** The words that this server can answer, in alphabetical order. */
export const ANSWERED_WORDS: readonly string[] = Object.freeze([...ANSWERS.keys()].sort())

/**
 * The whole answer to `word`, after which the connection is closed. A word outside `whitelist` (`*` allows all) gets ZooKeeper's refusal;
 * one that ZooKeeper knows and this server cannot answer says so.
 */
export function answerFourLetterWord(word: string, view: ServerView, whitelist: readonly string[]): string {
  if (!whitelist.includes('*') && !whitelist.includes(word)) return `${word} is not executed because it is not in the whitelist.\n`
  const answer = ANSWERS.get(word)
  return answer === undefined ? `${word} is not supported by this server.\n` : answer(view)
}

function ifServing(answer: Answer): Answer {
  return (view) => (view.serving ? answer(view) : NOT_SERVING)
}

/** The names of operations in `cons` (FinalRequestProcessor); one that is not here is shown by its own name. */
const OPERATION_TAGS: ReadonlyMap<string, string> = new Map([
  ['create', 'CREA'],
  ['create2', 'CREA'],
  ['createContainer', 'CREA'],
  ['createTtl', 'CREA'],
  ['delete', 'DELE'],
  ['deleteContainer', 'DELE'],
  ['exists', 'EXIS'],
  ['getData', 'GETD'],
  ['setData', 'SETD'],
  ['getAcl', 'GETA'],
  ['setAcl', 'SETA'],
  ['getChildren', 'GETC'],
  ['getChildren2', 'GETC'],
  ['sync', 'SYNC'],
  ['ping', 'PING'],
  ['check', 'CHEC'],
  ['multi', 'MULT'],
  ['multiRead', 'MLTR'],
  ['reconfig', 'RECO'],
  ['checkWatches', 'CHKW'],
  ['removeWatches', 'REMW'],
  ['setWatches', 'SETW'],
  ['setWatches2', 'STW2'],
  ['addWatch', 'ADDW'],
  ['getEphemerals', 'GETE'],
  ['getAllChildrenNumber', 'GETACN'],
  ['whoAmI', 'HOMI'],
  ['createSession', 'SESS'],
  ['closeSession', 'CLOS'],
])

/** Three numbers first, as every parser expects; then who it really is. */
function versionText(view: ServerView): string {
  return `${SPOKEN_VERSION}-zoarium-${view.version}`
}

function versionLine(view: ServerView): string {
  return `Zookeeper version: ${versionText(view)}\n`
}

function isro(view: ServerView): string {
  if (!view.serving) return 'null'
  return view.readOnly ? 'ro' : 'rw'
}

function envi(view: ServerView): string {
  let text = `Environment:\nzookeeper.version=${versionText(view)}\n`
  for (const [name, value] of environmentFacts()) text += `${name}=${value}\n`
  return text
}

function statistics(stats: ServerStats): string {
  return (
    `Latency min/avg/max: ${whole(stats.minLatencyMs)}/${decimal(stats.avgLatencyMs)}/${Math.ceil(stats.maxLatencyMs)}\n` +
    `Received: ${stats.packetsReceived}\n` +
    `Sent: ${stats.packetsSent}\n` +
    `Connections: ${stats.connections}\n` +
    `Outstanding: ${stats.outstandingRequests}\n` +
    `Zxid: ${hex(stats.lastZxid)}\n` +
    `Mode: ${stats.mode}\n` +
    `Node count: ${stats.nodeCount}\n`
  )
}

function stat(view: ServerView): string {
  let text = `${versionLine(view)}Clients:\n`
  for (const connection of view.connections()) text += ` ${briefly(connection)})\n`
  return `${text}\n${statistics(view.stats())}`
}

function cons(view: ServerView): string {
  let text = ''
  for (const connection of view.connections()) text += ` ${briefly(connection)}${sessionFields(connection)})\n`
  return `${text}\n`
}

/** `/address:port[1](queued=..,recved=..,sent=..` without the closing bracket. The 1 is the interest in reading, ZooKeeper's selection key. */
function briefly(connection: ConnectionView): string {
  return `/${connection.remote}[1](queued=${connection.queued},recved=${connection.received},sent=${connection.sent}`
}

function sessionFields(connection: ConnectionView): string {
  if (connection.sessionId === '') return ''
  return (
    `,sid=0x${connection.sessionId},lop=${operationTag(connection.lastOperation)},est=${whole(connection.establishedAtMs)}` +
    `,to=${connection.sessionTimeoutMs},lcxid=${hex(connection.lastXid)},lzxid=${hex(connection.lastZxid)}` +
    `,llat=${whole(connection.lastLatencyMs)},minlat=${whole(connection.minLatencyMs)}` +
    `,avglat=${whole(connection.avgLatencyMs)},maxlat=${Math.ceil(connection.maxLatencyMs)}`
  )
}

function operationTag(name: string): string {
  return OPERATION_TAGS.get(name) ?? name
}

function conf(view: ServerView): string {
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

function dirs(view: ServerView): string {
  const bytes = view.config().dataDirBytes
  return `datadir_size: ${bytes}\nlogdir_size: ${bytes}\n`
}

function mntr(view: ServerView): string {
  const stats = view.stats()
  let text = line('version', versionText(view))
  text += line('server_state', stats.mode)
  text += line('avg_latency', decimal(stats.avgLatencyMs))
  text += line('max_latency', Math.ceil(stats.maxLatencyMs))
  text += line('min_latency', whole(stats.minLatencyMs))
  text += line('packets_received', stats.packetsReceived)
  text += line('packets_sent', stats.packetsSent)
  text += line('num_alive_connections', stats.connections)
  text += line('outstanding_requests', stats.outstandingRequests)
  text += line('znode_count', stats.nodeCount)
  text += line('watch_count', stats.watchCount)
  text += line('ephemerals_count', stats.ephemeralCount)
  text += line('approximate_data_size', stats.approximateDataBytes)
  text += line('open_file_descriptor_count', openFileDescriptors())
  text += line('max_file_descriptor_count', maxFileDescriptors())
  text += line('global_sessions', stats.sessionCount)
  text += line('local_sessions', 0)
  text += line('uptime', whole(stats.uptimeMs))
  for (const [reason, count] of stats.refusals) text += line(`refused_${reason}`, count)
  return text + (stats.disk === null ? '' : diskLines(stats.disk))
}

function diskLines(disk: DiskStats): string {
  let text = line('disk_free_bytes', disk.freeBytes)
  text += line('disk_total_bytes', disk.totalBytes)
  text += line('disk_low_bytes', disk.lowBytes)
  text += line('disk_reserve_bytes', disk.reserveBytes)
  text += line('disk_writes_refused', disk.writesRefused ? 1 : 0)
  text += line('disk_stalled_ms', whole(disk.stalledMs))
  text += line('disk_stalls', disk.stalls)
  text += line('disk_damaged_files', disk.damagedFiles)
  text += line('disk_damage_found', disk.damageFound)
  text += line('scrub_passes', disk.scrubPasses)
  text += line('scrub_bytes', disk.scrubbedBytes)
  return text
}

function line(name: string, value: string | number): string {
  return `zk_${name}\t${value}\n`
}

/** ZooKeeper measures in whole milliseconds: the least is rounded down and the greatest up, so that the average lies between them. */
function whole(value: number): number {
  return Math.trunc(value)
}

/** As Java prints a double that was rounded to four places: always with a fraction. */
function decimal(value: number): string {
  const rounded = Math.round(value * 10_000) / 10_000
  return Number.isInteger(rounded) ? rounded.toFixed(1) : String(rounded)
}

/** As `Long.toHexString` prints it: two's complement, so the -2 of a ping is 0xfffffffffffffffe. */
function hex(value: number): string {
  return `0x${BigInt.asUintN(64, BigInt(Math.trunc(value))).toString(16)}`
}
