// admin: the names of operations that ZooKeeper shows for a connection's last one.

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

/** `GETD`, ...; `NA` when nothing was asked yet. */
export function operationTag(name: string): string {
  return name === '' ? 'NA' : (OPERATION_TAGS.get(name) ?? name)
}
