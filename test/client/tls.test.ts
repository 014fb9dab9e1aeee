import { connect as dial } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { connect } from '../../core/index.ts'
import { Fixture, rejection, until } from './support.ts'
import { TEST_CERTIFICATE, TEST_KEY } from './test-certificate.ts'

const fixture = new Fixture()

/** A server that speaks TLS and hands on to a plain one. */
async function tlsFront(plainPort: number): Promise<{ port: number; sockets: Set<TLSSocket> }> {
  const sockets = new Set<TLSSocket>()
  const server = createServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, (socket) => {
    sockets.add(socket)
    const plain = dial(plainPort, '127.0.0.1')
    socket.on('error', () => plain.destroy()).on('close', () => sockets.delete(socket))
    plain.on('error', () => socket.destroy())
    socket.pipe(plain).pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  fixture.cleanup(() => new Promise((resolve) => server.close(() => resolve())))
  const address = server.address()
  return { port: typeof address === 'object' && address !== null ? address.port : 0, sockets }
}

describe('TLS', () => {
  it('carries everything that plain connections do', async () => {
    const plain = await fixture.server()
    const front = await tlsFront(plain.port)
    const client = await fixture.client(`localhost:${front.port}`, { tls: { ca: TEST_CERTIFICATE } })
    const data = Buffer.alloc(300_000, 9)
    await Promise.all([client.create('/a', data), client.create('/b', 'small')])
    expect((await client.getData('/a')).data?.equals(data)).toBe(true)
    for (const socket of front.sockets) socket.destroy()
    expect((await client.getData('/b')).data?.toString()).toBe('small')
    expect(plain.connections.length).toBe(2)
    await client.close()
    await until('the sockets to be gone', () => front.sockets.size === 0)
  })

  it('refuses a server whose certificate nobody vouches for', async () => {
    const plain = await fixture.server()
    const front = await tlsFront(plain.port)
    const controller = new AbortController()
    const causes: unknown[] = []
    const logger = { debug: () => undefined, info: () => undefined, warn: (fields: object) => causes.push(fields), error: () => undefined }
    const connecting = rejection(connect(`127.0.0.1:${front.port}`, { tls: {}, signal: controller.signal, logger }))
    await until('an attempt', () => causes.length > 0)
    controller.abort(new Error('enough'))
    expect(await connecting).toEqual(new Error('enough'))
    expect(JSON.stringify(causes[0])).toContain('self-signed certificate')
    expect(plain.connections.every((connection) => connection.handshake === null)).toBe(true)
  })
})
