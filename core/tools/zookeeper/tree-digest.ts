// tools: ZooKeeper's own digest of its tree (DigestCalculator version 2, AdHash), by which a finished import is compared with what the old ensemble
// had: the sum, modulo 2^64, of one CRC-32 for each node, those below /zookeeper/ left out.
//
//   CRC-32 over   path ("" for the root), data, long czxid, mzxid, pzxid, ctime, mtime, int version, cversion (creates), aversion,
//                 long ephemeralOwner
//
// The path's bytes are in the character set of the old server's process: UTF-8, or ASCII with '?' for all else (LANG=C).

import { crc32 } from 'node:zlib'
import type { ImportNode, ImportTree } from './import-tree.ts'

const STAT_BYTES = 60
const NOT_ASCII = /[^\0-\x7f]/g

/** The sums, unsigned, one for each character set. */
export function treeDigests(tree: ImportTree): { readonly utf8: bigint; readonly ascii: bigint } {
  const stat = Buffer.alloc(STAT_BYTES)
  let utf8 = 0n
  let ascii = 0n
  const open: [path: string, node: ImportNode][] = tree.root === null ? [] : [['', tree.root]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, node] = next
    writeStat(stat, node)
    const crc = nodeCrc(path, node, stat)
    const plain = path.replace(NOT_ASCII, '?')
    utf8 += BigInt(crc)
    ascii += BigInt(plain === path ? crc : nodeCrc(plain, node, stat))
    for (const [name, child] of node.children ?? []) {
      const at = `${path}/${name}`
      if (!at.startsWith('/zookeeper/')) open.push([at, child])
    }
  }
  return { utf8: BigInt.asUintN(64, utf8), ascii: BigInt.asUintN(64, ascii) }
}

function nodeCrc(path: string, node: ImportNode, stat: Buffer): number {
  let crc = crc32(path)
  if (node.data !== null) crc = crc32(typeof node.data === 'string' ? Buffer.from(node.data, 'latin1') : node.data, crc)
  return crc32(stat, crc)
}

function writeStat(stat: Buffer, node: ImportNode): void {
  writeInt64(stat, 0, node.czxid)
  writeInt64(stat, 8, node.mzxid)
  writeInt64(stat, 16, node.pzxid)
  writeInt64(stat, 24, node.ctime)
  writeInt64(stat, 32, node.mtime)
  stat.writeInt32BE(node.version, 40)
  stat.writeInt32BE(node.creates, 44)
  stat.writeInt32BE(node.aversion, 48)
  stat.writeBigUInt64BE(node.owner, 52)
}

function writeInt64(bytes: Buffer, at: number, value: number): void {
  bytes.writeInt32BE(Math.floor(value / 2 ** 32) | 0, at)
  bytes.writeUInt32BE(value >>> 0, at + 4)
}
