// testing: ends a session behind its client's back, with any server: a second connection takes it up by id and password and closes it.

import { connect as connectSocket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
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
const PAUSE_MS = 5

/**
 * What became of one try. `overtaken`: the client came back before the end was acknowledged; it may have been the end all the same. `closed`: it came back before
 * the session was taken up here, or the server is not serving.
 */
type Try = 'ended' | 'unknown' | 'overtaken' | 'closed'

/**
 * Ends a client's session at the server, as if it had expired: its ephemeral znodes are gone when this resolves, and the client finds out
 * when it reconnects, which it has to at once. Works with servers of any make.
 *
 * Rejects with `SESSION_EXPIRED` if the session had ended already, with `ERR_CONNECTION_LOSS` if there is no server, and with `ERR_TIMEOUT` if it does not answer within
 * 10 s.
 */
export async function expireSession(server: { readonly host: string; readonly port: number }, session: Session): Promise<void> {
  const deadlineMs = performance.now() + TIMEOUT_MS
  for (let overtaken = false; ; ) {
    const came = await tryToEnd(server, session, deadlineMs)
    if (came === 'ended' || (came === 'unknown' && overtaken)) return
    if (came === 'unknown') throw new ZoariumError('SESSION_EXPIRED', 'expireSession')
    if (came === 'overtaken') overtaken = true
    else if (performance.now() >= deadlineMs) throw noAnswer()
    else await sleep(PAUSE_MS)
  }
}

async function tryToEnd(server: { readonly host: string; readonly port: number }, session: Session, deadlineMs: number): Promise<Try> {
  const socket = connectSocket({ host: server.host, port: server.port, noDelay: true })
  const frames = new Frames()
  let timer: NodeJS.Timeout | undefined
  try {
    return await new Promise<Try>((resolve, reject) => {
      timer = setTimeout(() => reject(noAnswer()), Math.max(0, deadlineMs - performance.now()))
      let connected = false
      let attached = false
      // One that was open is closed next.
      socket.on('error', (cause) => {
        if (!connected) reject(new ZoariumError('ERR_CONNECTION_LOSS', 'expireSession: no connection', { cause }))
      })
      // Servers close a connection whose session is taken up elsewhere: the client's when this one came, this one when the client is back.
      socket.on('close', () => resolve(attached ? 'overtaken' : 'closed'))
      socket.on('connect', () => {
        connected = true
        socket.write(handshake(session))
      })
      socket.on('data', (chunk) => {
        for (const frame of frames.push(chunk)) {
          if (attached) resolve('ended')
          else if (readConnectResponse(new Reader(frame.subarray(4))).timeoutMs <= 0) resolve('unknown')
          else {
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

function noAnswer(): ZoariumError {
  return new ZoariumError('ERR_TIMEOUT', 'expireSession: no answer')
}

function handshake(session: Session): Buffer {
  const { hi, lo } = bigIntToInt64(session.id)
  return framed((w) =>
    writeConnectRequest(w, {
      protocolVersion: 0,
      lastZxidSeen: 0,
      timeoutMs: session.timeoutMs,
      sessionHi: hi,
      sessionLo: lo,
      password: session.password,
      readOnly: false,
    }),
  )
}

function framed(write: (w: Writer) => void): Buffer {
  const w = new Writer()
  const frame = w.beginFrame()
  write(w)
  w.endFrame(frame)
  return w.copy()
}
