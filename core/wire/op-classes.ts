// wire: what kind of operation an op code is, and its name for people.
//
//   write     becomes a log entry                          create ... multi, reconfig, closeSession
//   read      answered from this server's own tree         exists ... whoAmI
//   neither   concerns the connection (ping, auth, setWatches, sasl) or needs the leader without a log entry (sync)

import { OpCode } from './op-codes.ts'

/** Whether the operation changes the replicated state. */
export function isWrite(op: number): boolean {
  switch (op) {
    case OpCode.create:
    case OpCode.delete:
    case OpCode.setData:
    case OpCode.setAcl:
    case OpCode.multi:
    case OpCode.create2:
    case OpCode.reconfig:
    case OpCode.createContainer:
    case OpCode.deleteContainer:
    case OpCode.createTtl:
    case OpCode.closeSession:
      return true
    default:
      return false
  }
}

/** Whether the operation is answered from the server's own tree (watch management included). */
export function isRead(op: number): boolean {
  switch (op) {
    case OpCode.exists:
    case OpCode.getData:
    case OpCode.getAcl:
    case OpCode.getChildren:
    case OpCode.getChildren2:
    case OpCode.checkWatches:
    case OpCode.removeWatches:
    case OpCode.multiRead:
    case OpCode.getEphemerals:
    case OpCode.getAllChildrenNumber:
    case OpCode.addWatch:
    case OpCode.whoAmI:
      return true
    default:
      return false
  }
}

/** Whether a client may send it as a request of its own; anything else is answered with -6. `check` lives inside a multi only. */
export function isClientOp(op: number): boolean {
  if (isWrite(op) || isRead(op)) return true
  switch (op) {
    case OpCode.sync:
    case OpCode.ping:
    case OpCode.auth:
    case OpCode.setWatches:
    case OpCode.setWatches2:
    case OpCode.sasl:
      return true
    default:
      return false
  }
}

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(OpCode).map(([name, code]) => [code, name]))

/** The operation's name, for logs and metrics: 'getData', ..., 'op 99' for one that does not exist. */
export function opName(op: number): string {
  return NAMES.get(op) ?? `op ${op}`
}
