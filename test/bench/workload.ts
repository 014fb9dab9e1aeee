// bench: what a connection of each mix asks for, and the znodes that must be there before.
//
//   /bench/n<connection>-<node>          100 bytes each (or what the job says), read and written by that connection alone
//   /bench/c<connection>/<run>-<8 hex>   made and removed by the cells that create
//   /bench/watched/service-<number>      100 bytes each, watched by the cell of the clients' watches

import { ErrorCode } from '../../core/wire/error-codes.ts'
import { OpCode } from '../../core/wire/op-codes.ts'
import type { Writer } from '../../core/wire/writer.ts'
import { BareSession } from './bare-session.ts'
import type { Mix } from './job.ts'
import type { RequestSpec } from './request-ring.ts'

/** Data of a znode unless a job says otherwise. */
export const DATA_BYTES = 100
/** Znodes of each connection. */
export const NODES = 64
const MULTI_OPS = 5
/** Of `mixed`, one request in so many is a write. */
const MIXED_WRITE_EVERY = 10
const ROOT = '/bench'
const WATCHED = `${ROOT}/watched`
/** Znodes made or written at one time. */
const PUTS_AT_ONCE = 256

function label(connection: number): string {
  return String(connection).padStart(4, '0')
}

export function nodePath(connection: number, node: number): string {
  return `${ROOT}/n${label(connection)}-${String(node).padStart(2, '0')}`
}

export function createParent(connection: number): string {
  return `${ROOT}/c${label(connection)}`
}

/** What a znode holds: different for every znode, so that a reply with another one's data shows. */
export function nodeData(connection: number, node: number, dataBytes: number): Buffer {
  return Buffer.alloc(dataBytes, `${nodePath(connection, node)} `)
}

function requestAt(mix: Mix, connection: number, slot: number, run: string, dataBytes: number): RequestSpec {
  const node = slot % NODES
  const path = nodePath(connection, node)
  const data = nodeData(connection, node, dataBytes)
  switch (mix) {
    case 'read':
      return { kind: 'getData', node, path, data }
    case 'write':
      return { kind: 'setData', node, path, data }
    case 'mixed': {
      const kind = slot % MIXED_WRITE_EVERY === MIXED_WRITE_EVERY - 1 ? 'setData' : 'getData'
      return { kind, node, path, data }
    }
    case 'multi': {
      // The znodes of a transaction must differ; they all get the same data, which nobody reads in this mix.
      const nodes = Array.from({ length: MULTI_OPS }, (_, i) => (slot * MULTI_OPS + i) % NODES)
      return {
        kind: 'multiSet',
        nodes: nodes.map((n) => ({ node: n, path: nodePath(connection, n) })),
        data: Buffer.alloc(dataBytes, 'm'),
      }
    }
    case 'create':
      return { kind: 'create', prefix: `${createParent(connection)}/${run}-`, data: Buffer.alloc(dataBytes, 'c') }
    case 'delete':
      return { kind: 'delete', prefix: `${createParent(connection)}/${run}-` }
  }
}

/** The requests of a connection, at least `slots` of them, so many that every znode gets every kind in turn. */
export function requestsOf(mix: Mix, connection: number, slots: number, run: string, dataBytes: number): RequestSpec[] {
  const cycle = mix === 'mixed' ? NODES * MIXED_WRITE_EVERY : NODES
  const count = Math.ceil(slots / cycle) * cycle
  return Array.from({ length: count }, (_, slot) => requestAt(mix, connection, slot, run, dataBytes))
}

function writeCreate(w: Writer, path: string, data: Buffer): void {
  w.ustring(path)
  w.buffer(data)
  w.int32(1)
  w.int32(31)
  w.ustring('world')
  w.ustring('anyone')
  w.int32(0)
}

/** Makes a znode, or writes its data anew. */
export async function put(session: BareSession, path: string, data: Buffer): Promise<void> {
  const err = await session.request(OpCode.create, (w) => writeCreate(w, path, data))
  if (err === ErrorCode.ok) return
  if (err !== ErrorCode.nodeExists) throw new Error(`creating ${path}: error code ${err}`)
  const again = await session.request(OpCode.setData, (w) => {
    w.ustring(path)
    w.buffer(data)
    w.int32(-1)
  })
  if (again !== ErrorCode.ok) throw new Error(`writing ${path}: error code ${again}`)
}

/** Makes the znodes of `connections` connections from number `first` on, or writes their data (`dataBytes` each) anew. */
export async function prepareZnodes(port: number, first: number, connections: number, dataBytes: number): Promise<void> {
  const session = await BareSession.open({ port })
  try {
    await put(session, ROOT, Buffer.alloc(0))
    for (let connection = first; connection < first + connections; connection++) {
      const puts = [put(session, createParent(connection), Buffer.alloc(0))]
      for (let node = 0; node < NODES; node++) puts.push(put(session, nodePath(connection, node), nodeData(connection, node, dataBytes)))
      await Promise.all(puts)
    }
  } finally {
    await session.close()
  }
}

/** Has a server of an ensemble come up to what was made through another. */
export async function syncServer(port: number): Promise<void> {
  const session = await BareSession.open({ port })
  try {
    const err = await session.request(OpCode.sync, (w) => w.ustring(ROOT))
    if (err !== ErrorCode.ok) throw new Error(`sync: error code ${err}`)
  } finally {
    await session.close()
  }
}

/** A znode of those that clients watch. */
export function watchedPath(number: number): string {
  return `${WATCHED}/service-${String(number).padStart(8, '0')}`
}

/** Makes the first `count` watched znodes, or writes them anew, which fires their watches. */
export async function putWatched(port: number, count: number): Promise<void> {
  const session = await BareSession.open({ port })
  try {
    await put(session, ROOT, Buffer.alloc(0))
    await put(session, WATCHED, Buffer.alloc(0))
    for (let from = 0; from < count; from += PUTS_AT_ONCE) {
      const numbers = Array.from({ length: Math.min(PUTS_AT_ONCE, count - from) }, (_, i) => from + i)
      await Promise.all(numbers.map((number) => put(session, watchedPath(number), Buffer.alloc(DATA_BYTES, 'w'))))
    }
  } finally {
    await session.close()
  }
}
