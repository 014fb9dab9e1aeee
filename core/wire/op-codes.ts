// wire: operation codes of the client protocol (zookeeper.jute and ZooDefs.OpCode).

export const OpCode = {
  notification: 0,
  create: 1,
  delete: 2,
  exists: 3,
  getData: 4,
  setData: 5,
  getAcl: 6,
  setAcl: 7,
  getChildren: 8,
  sync: 9,
  ping: 11,
  getChildren2: 12,
  check: 13,
  multi: 14,
  create2: 15,
  reconfig: 16,
  checkWatches: 17,
  removeWatches: 18,
  createContainer: 19,
  deleteContainer: 20,
  createTtl: 21,
  multiRead: 22,
  auth: 100,
  setWatches: 101,
  sasl: 102,
  getEphemerals: 103,
  getAllChildrenNumber: 104,
  setWatches2: 105,
  addWatch: 106,
  whoAmI: 107,
  createSession: -10,
  closeSession: -11,
  error: -1,
} as const

/** An operation code of the client protocol. */
export type OpCode = (typeof OpCode)[keyof typeof OpCode]

/** Reserved transaction ids of request and reply headers. */
export const Xid = {
  notification: -1,
  ping: -2,
  auth: -4,
  setWatches: -8,
} as const

/**
 * Error code of a reply to a ping that nobody sent: the server is about to end, and the client does well to go to another one. A client that does not know
 * of it takes no notice: none looks at the error of this reply (Java, C, kazoo, Go, Node).
 */
export const SERVER_ENDS = -4
