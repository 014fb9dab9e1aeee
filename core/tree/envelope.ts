// tree: the envelope around every log entry's request: who asked, through which server, when. Fixed layout, so that the leader
// fills the times in place. PURE.
//
//    0  u8   kind                what the entry is (EntryKind)
//    1  u8   reserved (0)
//    2  u16  semantics version   raised only when all voters support it
//    4  u32  origin server id
//    8  u32  boot nonce, upper   the origin's incarnation of this process
//   12  u32  boot nonce, lower
//   16  u32  number, upper       position in the origin's gap-free stream
//   20  u32  number, lower
//   24  u32  session id, upper
//   28  u32  session id, lower
//   32  u32  generation          attach generation of the session at the origin
//   36  i32  xid                 the client's own id, for diagnosis
//   40  i64  wall time           ms since 1970; max(wall clock, last entry's), filled by the leader
//   48  i64  cluster time        ms of the leader's monotonic time since the ensemble was formed, filled by the leader
//   56  i32  op code             of the client's request (kind = request), else 0
//   60  u32  auth length         bytes of the auth section
//   64  auth section             count:u16, then per id: ustring scheme, ustring id (jute strings)
//   64+auth  body                the client's request bytes, verbatim; or the body of the kind, see below
//
// Bodies of the other kinds (jute):
//   noop            8 bytes: a random cluster id proposal, kept by the first one ever applied
//   createSession   int timeoutMs, 16 bytes password
//   attachSession   int timeoutMs, 16 bytes password       (generation: ignored, apply increments the session's)
//   closeSession    empty                                  (the client's own close; conditional on the generation)
//   expireSession   empty                                  (conditional on the generation: a newer attach wins)
//   settings        ustring JSON of the settings in force
//   reap            ustring path                           (container or TTL node; conditions re-checked at apply)

/** What a log entry asks for. */
export const EntryKind = {
  noop: 0,
  request: 1,
  createSession: 2,
  attachSession: 3,
  closeSession: 4,
  expireSession: 5,
  settings: 6,
  reap: 7,
} as const
export type EntryKind = (typeof EntryKind)[keyof typeof EntryKind]

export const ENVELOPE_BYTES = 64
export const SEMANTICS_VERSION = 1
export const PASSWORD_BYTES = 16

export const EnvelopeOffset = {
  kind: 0,
  semantics: 2,
  originServer: 4,
  nonceHi: 8,
  nonceLo: 12,
  numberHi: 16,
  numberLo: 20,
  sessionHi: 24,
  sessionLo: 28,
  generation: 32,
  xid: 36,
  wallTime: 40,
  clusterTime: 48,
  op: 56,
  authLength: 60,
} as const
