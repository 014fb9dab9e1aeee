// peer: what came over a link is not the protocol. Stays inside this room: the link is closed and the fact counted. PURE.

export class BadBytes extends Error {
  override readonly name = 'BadBytes'
}
