// tools: what a record of the log does to the tree (DataTree.processTxn). Records say what came out, not what was asked: versions and counters are
// in them, so that doing one twice, or one whose effect a fuzzy snapshot holds already, changes nothing.
//
//   create     the node is there: takes the list, and the parent's counters if they are ahead; else made
//   delete     the node's subtree goes with it: a fuzzy snapshot may hold children of a node that came later under the same path, and the
//              records that made those follow; the parent's pzxid is raised even if no node was there
//   no node or no parent: nothing happens
//
// One difference: ZooKeeper raises the parent's counters for a node that is there only with plain creates, here every kind of create does. They
// only ever rise to what they really were.

import { unreachable } from '../../support/assert.ts'
import type { Acl } from '../../wire/records.ts'
import { ImportNode, type ImportTree, keepData } from './import-tree.ts'
import type { Txn, TxnHeader } from './txn-records.ts'

/** Applies one record. Returns the number of its operations that found nothing to change. */
export function applyTxn(tree: ImportTree, header: TxnHeader, txn: Txn): number {
  switch (txn.kind) {
    case 'createSession':
      tree.session(header.session, txn.timeoutMs)
      return 0
    case 'closeSession':
      closeSession(tree, header.session, header.zxid, txn.paths)
      return 0
    case 'create':
      return counted(create(tree, header, txn))
    case 'delete':
      return counted(remove(tree, txn.path, header.zxid))
    case 'setData':
      return counted(setData(tree, header, txn.path, txn.data, txn.version))
    case 'setAcl':
      return counted(setAcl(tree, txn.path, txn.acl, txn.version))
    case 'multi': {
      let unchanged = 0
      for (const op of txn.ops) unchanged += applyTxn(tree, header, op)
      return unchanged
    }
    case 'nothing':
      return 0
    default:
      return unreachable(txn)
  }
}

function counted(changed: boolean): number {
  return changed ? 0 : 1
}

/** Ends a session: first the nodes that the record names, then what else is known of it. */
export function closeSession(tree: ImportTree, session: bigint, zxid: number, paths: readonly string[] | null): void {
  tree.sessions.delete(session)
  for (const path of paths ?? []) remove(tree, path, zxid)
  for (const path of [...(tree.ephemerals.get(session) ?? [])].sort()) remove(tree, path, zxid)
}

function create(tree: ImportTree, header: TxnHeader, txn: Txn & { readonly kind: 'create' }): boolean {
  const { path } = txn
  const parent = parentOf(tree, path)
  if (parent === null) return false
  const acl = tree.share(txn.acl)
  const there = parent.children?.get(baseNameOf(path))
  const creates = txn.parentCreates === -1 ? (parent.creates + 1) | 0 : txn.parentCreates
  if (creates > parent.creates) {
    parent.creates = creates
    parent.pzxid = header.zxid
  }
  if (there !== undefined) {
    there.acl = acl
    return false
  }
  const { zxid, timeMs } = header
  const stat = {
    czxid: zxid,
    mzxid: zxid,
    pzxid: zxid,
    ctime: timeMs,
    mtime: timeMs,
    version: 0,
    creates: 0,
    aversion: 0,
    owner: txn.owner,
  }
  tree.add(path, parent, new ImportNode(keepData(txn.data), acl, stat))
  return true
}

function remove(tree: ImportTree, path: string, zxid: number): boolean {
  const parent = parentOf(tree, path)
  if (parent === null) return false
  if (zxid > parent.pzxid) parent.pzxid = zxid
  return tree.remove(path, parent)
}

function setData(tree: ImportTree, header: TxnHeader, path: string, data: Buffer | null, version: number): boolean {
  const node = tree.get(path)
  if (node === null) return false
  node.data = keepData(data)
  node.mtime = header.timeMs
  node.mzxid = header.zxid
  node.version = version
  return true
}

function setAcl(tree: ImportTree, path: string, acl: readonly Acl[] | null, version: number): boolean {
  const node = tree.get(path)
  if (node === null) return false
  node.acl = tree.share(acl)
  node.aversion = version
  return true
}

function parentOf(tree: ImportTree, path: string): ImportNode | null {
  const slash = path.lastIndexOf('/')
  return slash < 0 || path === '/' ? null : tree.get(path.slice(0, slash))
}

function baseNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
