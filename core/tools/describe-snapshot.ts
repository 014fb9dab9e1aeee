// tools: what a snapshot file holds, for operators: facts, largest nodes, listings of nodes and sessions.

import { int64ToHex } from '../support/int64.ts'
import type { SessionState } from '../tree/session-table.ts'
import type { StateMachine } from '../tree/state-machine.ts'
import { compareTreeOrder } from '../tree/tree-order.ts'
import { Lifetime, type Znode } from '../tree/znode.ts'
import { joinPath } from '../wire/paths.ts'
import type { Acl } from '../wire/records.ts'
import type { LoadedSnapshot } from './snapshot-file.ts'

/** How many nodes are named as the largest. */
const LARGEST = 10

/** The facts of a snapshot. Zxids are hexadecimal with 0x, as ZooKeeper's tools print them; times are ISO 8601. */
export interface SnapshotDescription {
  readonly file: string
  readonly bytes: number
  readonly formatVersion: number
  /** Of the last entry in it. */
  readonly index: number
  readonly term: number
  /** Index of that term's first entry. */
  readonly termStart: number
  readonly zxid: string
  /** 16 hex digits; empty for one that was restored or imported and not started yet. */
  readonly clusterId: string
  /** Wall time of the last entry. */
  readonly wallTime: string
  readonly clusterTimeMs: number
  readonly settings: Readonly<Record<string, unknown>>
  /** The root and the built-in nodes included. */
  readonly nodes: number
  readonly ephemerals: number
  readonly sessions: number
  /** Characters of all paths and bytes of all data. */
  readonly dataBytes: number
  /** SHA-256 over the state's bytes: equal for equal states at the same entry. */
  readonly stateSha256: string
  /** The nodes with most data. */
  readonly largest: readonly { readonly path: string; readonly dataBytes: number }[]
}

/** One node, as `--nodes` lists it. */
export interface NodeLine {
  readonly path: string
  readonly dataBytes: number | null
  readonly children: number
  readonly czxid: string
  readonly mzxid: string
  readonly pzxid: string
  readonly ctime: string
  readonly mtime: string
  readonly version: number
  readonly cversion: number
  readonly aversion: number
  /** Session id of an ephemeral node's owner. */
  readonly owner?: string
  /** 0: a container. */
  readonly ttlMs?: number
  readonly acl: readonly Acl[]
}

/** One session, as `--sessions` lists it. Its password is not told. */
export interface SessionLine {
  readonly id: string
  readonly timeoutMs: number
  readonly ephemerals: number
}

export function describeSnapshot({ path, bytes, metadata, tree }: LoadedSnapshot): SnapshotDescription {
  const { index, term, termStart } = metadata.meta
  return {
    file: path,
    bytes,
    formatVersion: metadata.formatVersion,
    index,
    term,
    termStart,
    zxid: hexZxid(tree.lastZxid),
    clusterId: tree.clusterId,
    wallTime: isoTime(tree.wallTimeMs),
    clusterTimeMs: tree.clusterTimeMs,
    settings: { ...tree.settings },
    nodes: tree.nodeCount,
    ephemerals: tree.ephemeralCount,
    sessions: tree.sessions.size,
    dataBytes: tree.dataBytes,
    stateSha256: metadata.sha256.toString('hex'),
    largest: largestNodes(tree),
  }
}

/** The nodes from `top` on, each before its children, siblings in byte order. Nothing if `top` is not there. */
export function* nodeLines(tree: StateMachine, top: string): Generator<NodeLine, void, void> {
  for (const { path, node } of walk(tree, top)) yield nodeLine(path, node)
}

/** The sessions by id. */
export function* sessionLines(tree: StateMachine): Generator<SessionLine, void, void> {
  const sessions = [...tree.sessions.values()].sort((a, b) => a.hi - b.hi || a.lo - b.lo)
  for (const session of sessions) yield { id: sessionId(session), timeoutMs: session.timeoutMs, ephemerals: session.ephemerals.size }
}

/** As ZooKeeper's tools print it. */
export function hexZxid(zxid: number): string {
  return `0x${zxid.toString(16)}`
}

function* walk(tree: StateMachine, top: string): Generator<{ readonly path: string; readonly node: Znode }, void, void> {
  const open = [top]
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const node = tree.node(path)
    if (node === undefined) continue
    yield { path, node }
    const parent = path
    const names = [...(node.children ?? [])].map((name) => joinPath(parent, name))
    for (const child of names.sort(compareTreeOrder).reverse()) open.push(child)
  }
}

function largestNodes(tree: StateMachine): SnapshotDescription['largest'] {
  const largest: { path: string; dataBytes: number }[] = []
  for (const { path, node } of walk(tree, '/')) {
    const { dataLength } = node
    if (dataLength === 0 || (largest.length === LARGEST && dataLength <= (largest.at(-1)?.dataBytes ?? 0))) continue
    largest.push({ path, dataBytes: dataLength })
    largest.sort((a, b) => b.dataBytes - a.dataBytes)
    if (largest.length > LARGEST) largest.pop()
  }
  return largest
}

function nodeLine(path: string, node: Znode): NodeLine {
  const { holder } = node
  return {
    path,
    dataBytes: node.data === null ? null : node.dataLength,
    children: node.numChildren,
    czxid: hexZxid(node.czxid),
    mzxid: hexZxid(node.mzxid),
    pzxid: hexZxid(node.pzxid),
    ctime: isoTime(node.ctime),
    mtime: isoTime(node.mtime),
    version: node.version,
    cversion: node.cversion,
    aversion: node.aversion,
    ...(holder instanceof Lifetime ? { ttlMs: holder.ttlMs } : holder === null ? {} : { owner: sessionId(holder) }),
    acl: node.acl.list,
  }
}

function sessionId(session: Pick<SessionState, 'hi' | 'lo'>): string {
  return `0x${int64ToHex(session.hi, session.lo)}`
}

/** Beyond what a date can show, the number itself. */
function isoTime(ms: number): string {
  const date = new Date(ms)
  return Number.isNaN(date.getTime()) ? String(ms) : date.toISOString()
}
