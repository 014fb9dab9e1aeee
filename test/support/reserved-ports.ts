// Ports of 127.0.0.1 for servers that must know their port before they listen, or that listen on it again later.
//
//   10000 ............ 32767 | 32768 ................. 60999
//   drawn from here          | the system gives these to outgoing connections and to who asks for port 0 (Linux)
//
// A port that was merely free a moment ago may be anybody's when the server listens at last. Hence below the range that the system gives away, and
// reserved among the processes of the tests: whoever holds the UDP port of the same number, until it ends, owns the TCP port.

import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

const HOST = '127.0.0.1'
const FIRST = 10_000
const COUNT = 22_768

/** A port that nobody listens on, for this process until it ends. */
export async function reservedPort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT)
    if ((await reserve(port)) && (await canListen(port))) return port
  }
}

export function reservedPorts(count: number): Promise<number[]> {
  return Promise.all(Array.from({ length: count }, reservedPort))
}

/** A taken port stays reserved, too: nobody else need look at it. */
function reserve(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.once('error', () => resolve(false))
    socket.bind({ address: HOST, port, exclusive: true }, () => {
      socket.unref()
      resolve(true)
    })
  })
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, HOST, () => server.close(() => resolve(true)))
  })
}
