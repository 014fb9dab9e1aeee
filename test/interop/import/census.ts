// Everything that a server shows of its tree, read node by node through the protocol: what an import has to bring over.

import type { Acl, Client, Stat } from '../../../core/index.ts'

/** One znode, as JSON. */
export interface CensusNode {
  readonly path: string
  /** Base64; `null` data stays `null`. */
  readonly data: string | null
  readonly acl: readonly Acl[]
  readonly stat: Readonly<Record<keyof Stat, string | number>>
}

/** Reads all nodes in path order. The client has to be the super user: lists and data of all nodes are asked for. */
export async function takeCensus(client: Client): Promise<CensusNode[]> {
  const nodes: CensusNode[] = []
  const open = ['/']
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const { data, stat } = await client.getData(path)
    const { acl } = await client.getAcl(path)
    nodes.push({ path, data: data === null ? null : data.toString('base64'), acl, stat: plainStat(stat) })
    const { children } = await client.getChildren(path)
    for (const name of children) open.push(path === '/' ? `/${name}` : `${path}/${name}`)
  }
  return nodes.sort((a, b) => (a.path < b.path ? -1 : 1))
}

function plainStat(stat: Stat): CensusNode['stat'] {
  return {
    czxid: hex(stat.czxid),
    mzxid: hex(stat.mzxid),
    pzxid: hex(stat.pzxid),
    ephemeralOwner: hex(stat.ephemeralOwner),
    ctimeMs: stat.ctimeMs,
    mtimeMs: stat.mtimeMs,
    version: stat.version,
    cversion: stat.cversion,
    aversion: stat.aversion,
    dataLength: stat.dataLength,
    numChildren: stat.numChildren,
  }
}

export function hex(value: bigint): string {
  return `0x${BigInt.asUintN(64, value).toString(16)}`
}
