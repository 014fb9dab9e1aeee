// wire: the errors that reading bytes can raise.

/** Bytes that are not what the protocol says: truncated, oversized or out of range. Fatal to the connection that sent them. */
export class ProtocolError extends Error {
  override readonly name: string = 'ProtocolError'
}

/** A frame longer than the reader takes. Its first bytes, if they tell a request, say which one it was. */
export class FrameTooLarge extends ProtocolError {
  override readonly name: string = 'FrameTooLarge'
  readonly head: Buffer

  constructor(message: string, head: Buffer) {
    super(message)
    this.head = head
  }
}

/**
 * A sub-request of a multi or multiRead that is well framed but not allowed there (unknown type, a read among writes, an unknown create
 * flag). The server answers the whole request with -5 and keeps the connection, as ZooKeeper does.
 */
export class UnsupportedSubOp extends ProtocolError {
  override readonly name: string = 'UnsupportedSubOp'
}
