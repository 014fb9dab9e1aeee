// wire: the one error that reading bytes can raise.

/** Bytes that are not what the protocol says: truncated, oversized or out of range. Fatal to the connection that sent them. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}
