import { connect as dial } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { connect } from '../../core/index.ts'
import { Fixture, rejection, until } from './support.ts'
import { TEST_CERTIFICATE, TEST_KEY } from './test-certificate.ts'

const fixture = new Fixture()

/** A server that speaks TLS and hands on to a plain one. `asks`: only clients with a certificate that it trusts may come. */
async function tlsFront(plainPort: number, asks = false): Promise<{ port: number; sockets: Set<TLSSocket>; subjects: string[] }> {
  const sockets = new Set<TLSSocket>()
  const subjects: string[] = []
  const asking = asks ? { requestCert: true, rejectUnauthorized: true, ca: TEST_CERTIFICATE } : {}
  const server = createServer({ key: TEST_KEY, cert: TEST_CERTIFICATE, ...asking }, (socket) => {
    sockets.add(socket)
    subjects.push(String(socket.getPeerCertificate().subject?.CN))
    const plain = dial(plainPort, '127.0.0.1')
    socket.on('error', () => plain.destroy()).on('close', () => sockets.delete(socket))
    plain.on('error', () => socket.destroy())
    socket.pipe(plain).pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  fixture.cleanup(() => new Promise((resolve) => server.close(() => resolve())))
  const address = server.address()
  return { port: typeof address === 'object' && address !== null ? address.port : 0, sockets, subjects }
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

  it('shows the certificate of the client, on every connection, to a server that wants one', async () => {
    const plain = await fixture.server()
    const front = await tlsFront(plain.port, true)
    const tls = { ca: TEST_CERTIFICATE, cert: TEST_CERTIFICATE, key: TEST_KEY }
    const client = await fixture.client(`zks://localhost:${front.port}`, { tls })
    await client.create('/a', 'x')
    for (const socket of front.sockets) socket.destroy()
    expect(String((await client.getData('/a')).data)).toBe('x')
    expect(front.subjects).toEqual(['localhost', 'localhost'])
  })

  it('is turned away without a certificate where one is wanted, and says why', async () => {
    const plain = await fixture.server()
    const front = await tlsFront(plain.port, true)
    const controller = new AbortController()
    const causes: string[] = []
    const warn = (fields: object): void => void causes.push(JSON.stringify(fields))
    const logger = { debug: () => undefined, info: () => undefined, warn, error: () => undefined }
    const options = { tls: { ca: TEST_CERTIFICATE }, signal: controller.signal, logger }
    const connecting = rejection(connect(`localhost:${front.port}`, options))
    await until('an attempt', () => causes.length > 0)
    controller.abort(new Error('enough'))
    expect(await connecting).toEqual(new Error('enough'))
    expect(causes[0]).toMatch(/certificate required/)
    expect(plain.connections).toEqual([])
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
