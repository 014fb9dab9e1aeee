// testing: ends a session behind its client's back, with any server: a second connection takes it up by id and password and closes it.

import { connect as connectSocket } from 'node:net'
import type { Session } from '../client/types.ts'
import { ZoariumError } from '../errors.ts'
import { bigIntToInt64 } from '../support/int64.ts'
import { readConnectResponse, writeConnectRequest } from '../wire/connect.ts'
import { writeRequestHeader } from '../wire/headers.ts'
import { OpCode } from '../wire/op-codes.ts'
import { Reader } from '../wire/reader.ts'
import { Writer } from '../wire/writer.ts'
import { Frames } from './frames.ts'

const TIMEOUT_MS = 10_000

/**
 * Ends a client's session at the server, as if it had expired: its ephemeral znodes are gone when this resolves, and the client finds out
 * when it reconnects, which it has to at once. Works with servers of any make.
 *
 * Rejects with `SESSION_EXPIRED` if the session had ended already, and with `ERR_TIMEOUT` if the server does not answer within 10 s.
 */
export async function expireSession(server: { readonly host: string; readonly port: number }, session: Session): Promise<void> {
  const socket = connectSocket({ host: server.host, port: server.port, noDelay: true })
  const frames = new Frames()
  const { hi, lo } = bigIntToInt64(session.id)
  let timer: NodeJS.Timeout | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(() => reject(new ZoariumError('ERR_TIMEOUT', 'expireSession: no answer')), TIMEOUT_MS)
      let attached = false
      socket.on('error', reject)
      socket.on('close', () => reject(new ZoariumError('ERR_CONNECTION_LOSS', 'expireSession')))
      socket.on('connect', () => {
        socket.write(
          framed((w) =>
            writeConnectRequest(w, {
              protocolVersion: 0,
              lastZxidSeen: 0,
              timeoutMs: session.timeoutMs,
              sessionHi: hi,
              sessionLo: lo,
              password: session.password,
              readOnly: false,
            }),
          ),
        )
      })
      socket.on('data', (chunk) => {
        for (const frame of frames.push(chunk)) {
          if (attached) resolve()
          else if (readConnectResponse(new Reader(frame.subarray(4))).timeoutMs <= 0) {
            reject(new ZoariumError('SESSION_EXPIRED', 'expireSession'))
          } else {
            attached = true
            socket.write(framed((w) => writeRequestHeader(w, 1, OpCode.closeSession)))
          }
        }
      })
    })
  } finally {
    clearTimeout(timer)
    socket.removeAllListeners('close')
    socket.destroy()
  }
}

function framed(write: (w: Writer) => void): Buffer {
  const w = new Writer()
  const frame = w.beginFrame()
  write(w)
  w.endFrame(frame)
  return w.copy()
}
