// client: reads of many znodes at once, made of single requests and multiReads. None of them is one moment of the tree: others write meanwhile.

import { ZoariumError } from '../errors.ts'
import { joinPath } from '../wire/paths.ts'
import type { CallOptions, ReadOp, ReadResult, Stat } from './types.ts'

/** Operations in one multiRead: a reply of that many znodes of the largest usual size (1 MiB) still fits into a frame. */
const BATCH = 32
/** multiReads under way at once. */
const CONCURRENCY = 8

/** What it takes of a client. */
export interface TreeReadTarget {
  getChildren(path: string, options: CallOptions): Promise<{ children: string[]; stat: Stat }>
  getData(path: string, options: CallOptions): Promise<{ data: Buffer | null; stat: Stat }>
  multiRead(ops: readonly ReadOp[], options: CallOptions): Promise<ReadResult[]>
}

/** A znode with its data. */
export interface NodeData {
  readonly path: string
  /** The last part of the path; '' for the root. */
  readonly name: string
  readonly data: Buffer | null
  readonly stat: Stat
}

/** The children with their data, by name. Those that vanish meanwhile are left out. */
export async function childrenWithData(target: TreeReadTarget, path: string, options: CallOptions): Promise<NodeData[]> {
  const { children } = await target.getChildren(path, options)
  const paths = children.sort().map((name) => joinPath(path, name))
  const found = await readAll(target, paths, false, options)
  return found.map(({ node }) => node)
}

/** Every znode from `path` down, level by level and by path in each. */
export async function* walkTree(target: TreeReadTarget, path: string, options: CallOptions): AsyncGenerator<NodeData, void, void> {
  let level = [path]
  for (let depth = 0; level.length > 0; depth++) {
    const next: string[] = []
    for (let at = 0; at < level.length; at += BATCH * CONCURRENCY) {
      options.signal?.throwIfAborted()
      const found = await readAll(target, level.slice(at, at + BATCH * CONCURRENCY), true, options)
      if (depth === 0 && found.length === 0) throw new ZoariumError('NO_NODE', `walk ${path}`, { path })
      for (const { node, children } of found) {
        for (const name of children) next.push(joinPath(node.path, name))
        yield node
      }
    }
    level = next.sort()
  }
}

interface Found {
  readonly node: NodeData
  readonly children: readonly string[]
}

/** In the order of `paths`, without those that are missing. */
async function readAll(target: TreeReadTarget, paths: readonly string[], withChildren: boolean, options: CallOptions): Promise<Found[]> {
  const step = withChildren ? BATCH / 2 : BATCH
  const batches: Promise<Found[]>[] = []
  for (let at = 0; at < paths.length; at += step) batches.push(readBatch(target, paths.slice(at, at + step), withChildren, options))
  return (await Promise.all(batches)).flat()
}

async function readBatch(target: TreeReadTarget, paths: readonly string[], withChildren: boolean, options: CallOptions): Promise<Found[]> {
  const ops = paths.flatMap((path): ReadOp[] =>
    withChildren
      ? [
          { type: 'getData', path },
          { type: 'getChildren', path },
        ]
      : [{ type: 'getData', path }],
  )
  const results = await target.multiRead(ops, options)
  const found: Found[] = []
  let node: NodeData | null = null
  for (const result of results) {
    switch (result.type) {
      case 'getData':
        node = { path: result.path, name: result.path.slice(result.path.lastIndexOf('/') + 1), data: result.data, stat: result.stat }
        if (!withChildren) found.push({ node, children: [] })
        break
      case 'getChildren':
        if (node !== null && node.path === result.path) found.push({ node, children: result.children })
        break
      case 'error':
        // Gone since it was listed. Anything else, such as NO_AUTH, is the caller's business.
        if (result.error.code !== 'NO_NODE') throw result.error
        break
    }
  }
  return found
}
