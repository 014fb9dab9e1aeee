// bench: the servers under test: with which command line each is started.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a cell changes in a server's settings. */
export interface Tuning {
  /** Log entries between two snapshots. */
  readonly snapshotEveryEntries: number
}

/** Something that speaks the protocol and can be started. */
export interface Peer {
  readonly name: string
  /** Whose flags and log lines it knows; a command line is taken for a build of this package where a cell needs to tune it. */
  readonly kind: 'zoarium' | 'zookeeper'
  /** Load it gets before anything is measured: a JVM needs about 20 s to reach its speed. */
  readonly warmUpSec: number
  /** The command line that serves `port` from `folder`, where the peer may write files first. */
  command(port: number, folder: string, tuning: Tuning | null): readonly string[]
}

/** Where a server keeps its data in the folder that it was given. */
export function dataFolder(folder: string): string {
  return join(folder, 'data')
}

/** The folder of ZooKeeper's jars on Debian. */
const ZOOKEEPER_JARS = '/usr/share/java'

/** Apache ZooKeeper from Debian's package: durable (forceSync), one gigabyte of heap, no logger on the class path. */
export const zookeeperPeer: Peer = {
  name: 'ZooKeeper',
  kind: 'zookeeper',
  warmUpSec: 20,
  command(port, folder, tuning) {
    const data = dataFolder(folder)
    mkdirSync(data, { recursive: true })
    const config = [
      'tickTime=2000',
      `dataDir=${data}`,
      `clientPort=${port}`,
      'clientPortAddress=127.0.0.1',
      'admin.enableServer=false',
      '4lw.commands.whitelist=*',
      'maxClientCnxns=0',
      'forceSync=yes',
    ]
    writeFileSync(join(folder, 'zoo.cfg'), `${config.join('\n')}\n`)
    return [
      'java',
      '-Xmx1g',
      ...(tuning === null ? [] : [`-Dzookeeper.snapCount=${tuning.snapshotEveryEntries}`]),
      '-cp',
      join(ZOOKEEPER_JARS, 'zookeeper.jar'),
      'org.apache.zookeeper.server.quorum.QuorumPeerMain',
      join(folder, 'zoo.cfg'),
    ]
  },
}

export function hasZookeeper(): boolean {
  return existsSync(join(ZOOKEEPER_JARS, 'zookeeper.jar'))
}

/** The command as it was compiled with this file. */
const COMMAND = fileURLToPath(new URL('../../core/cli/main.js', import.meta.url))
const SERVE = ['server', '--port', '{port}', '--data-dir', '{dir}', '--max-connections-per-address', '0', '--log-level', 'warn']

/** Node and V8 are at their speed after a few seconds. */
const NODE_WARM_UP_SEC = 5

/** Given again at the end of a command line, a flag wins over what stands before. Snapshots are told on the level of `info`. */
function tuningFlags(tuning: Tuning | null): string[] {
  if (tuning === null) return []
  return ['--snapshot-every-entries', String(tuning.snapshotEveryEntries), '--log-level', 'info', '--log-format', 'json']
}

function peerOf(name: string, words: readonly string[]): Peer {
  return {
    name,
    kind: 'zoarium',
    warmUpSec: NODE_WARM_UP_SEC,
    command: (port, folder, tuning) => [
      ...words.map((word) => word.replaceAll('{port}', String(port)).replaceAll('{dir}', dataFolder(folder))),
      ...tuningFlags(tuning),
    ],
  }
}

/** Any server that a command line starts, cut at blanks; `{port}` and `{dir}` in it are filled in. */
export function commandPeer(name: string, line: string): Peer {
  return peerOf(
    name,
    line.split(/\s+/).filter((word) => word !== ''),
  )
}

/** This package's server as it was compiled with this file, or as `line` starts it. `nodeOptions` go to node before everything else. */
export function ourPeer(line: string | null, nodeOptions: readonly string[]): Peer {
  return line === null ? peerOf('zoarium', [process.execPath, ...nodeOptions, COMMAND, ...SERVE]) : commandPeer('zoarium', line)
}
