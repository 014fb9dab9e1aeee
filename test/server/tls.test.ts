import { copyFile, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { connect as dial } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as dialTls, type TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type Client, connect } from '../../core/index.ts'
import type { Server, ServerOptions } from '../../core/server/index.ts'
import { realServer } from '../client/real-server.ts'
import { code, Fixture, rejection, until } from '../client/support.ts'

const FILES = fileURLToPath(new URL('./fixtures/tls/', import.meta.url))
const CLIENT_SUBJECT = 'CN=client one,O=Acme\\, Inc.,C=DE'

const fixture = new Fixture()

function file(name: string): string {
  return join(FILES, name)
}

async function pem(name: string): Promise<string> {
  return readFile(file(name), 'utf8')
}

/** A server with a secure port beside its plain one. */
function secured(options: ServerOptions = {}): Promise<Server> {
  return realServer(fixture, { securePort: 0, tlsCertFile: file('server.pem'), tlsKeyFile: file('server.key'), ...options })
}

async function tlsClient(port: number | null, identity: 'client' | 'stranger' | null = null): Promise<Client> {
  return fixture.client(`localhost:${port}`, { tls: await tlsOptions(identity) })
}

async function tlsOptions(identity: 'client' | 'stranger' | null): Promise<{ ca: string; cert?: string; key?: string }> {
  const ca = await pem('authority.pem')
  return identity === null ? { ca } : { ca, cert: await pem(`${identity}.pem`), key: await pem(`${identity}.key`) }
}

/** What the server's certificate says its name is. */
async function nameShown(port: number | null): Promise<string> {
  const ca = await pem('authority.pem')
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = dialTls({ port: port ?? 0, host: '127.0.0.1', servername: 'localhost', ca }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN))
      socket.destroy()
    })
    socket.on('error', reject)
  })
}

/** Connects, sends, and resolves with all that came when the server has closed. */
function talk(port: number | null, bytes: string | Buffer): Promise<Buffer> {
  return new Promise((resolve) => {
    const socket = dial(port ?? 0, '127.0.0.1', () => socket.write(bytes))
    const got: Buffer[] = []
    socket.on('data', (chunk) => got.push(chunk))
    socket.on('error', () => {})
    socket.on('close', () => resolve(Buffer.concat(got)))
  })
}

function refusals(server: Server, reason: string): number {
  return server.view.stats().refusals.get(reason) ?? 0
}

describe('a secure port', () => {
  it.each<[string, ServerOptions]>([
    ['certificate and key in PEM', {}],
    ['both in one file', { tlsCertFile: file('server-both.pem'), tlsKeyFile: undefined as never }],
    ['an encrypted key', { tlsKeyFile: file('server-encrypted.key'), tlsPassphrase: 'changeit' }],
    ['PKCS12', { tlsCertFile: file('server.p12'), tlsKeyFile: undefined as never, tlsPassphrase: 'changeit' }],
  ])('carries everything that the plain one does: %s', async (_, options) => {
    const server = await secured(options)
    const client = await tlsClient(server.securePort)
    const data = Buffer.alloc(300_000, 9)
    await Promise.all([client.create('/a', data), client.create('/b', 'small')])
    expect((await client.getData('/a')).data?.equals(data)).toBe(true)
    const event = client.nextEvent('/b', 'data')
    const plain = await fixture.client(server.connectString)
    await until('the watch', () => client.checkWatches('/b', 'data'))
    await plain.setData('/b', 'changed')
    expect((await event).type).toBe('changed')
    expect((await client.whoAmI()).map(({ scheme }) => scheme)).toEqual(['ip'])
  })

  it('takes nothing that is not TLS, and says so in a counter', async () => {
    const server = await secured()
    expect((await talk(server.securePort, 'ruok')).toString()).not.toContain('imok')
    await until('the count', () => refusals(server, 'tls_handshake') === 1)
  })

  it('speaks nothing older than TLS 1.2, and TLS 1.3 alone when told so', async () => {
    const [usual, strict] = [await secured(), await secured({ tlsMinVersion: 'TLSv1.3' })]
    const ca = await pem('authority.pem')
    const handshake = (port: number | null, version: 'TLSv1.1' | 'TLSv1.2'): Promise<string> =>
      new Promise((resolve) => {
        const range = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' } as const
        const socket = dialTls({ port: port ?? 0, host: '127.0.0.1', servername: 'localhost', ca, ...range }, () => {
          resolve(socket.getProtocol() ?? '')
          socket.destroy()
        })
        socket.on('error', () => resolve('refused'))
      })
    expect(await handshake(usual.securePort, 'TLSv1.1')).toBe('refused')
    expect(await handshake(usual.securePort, 'TLSv1.2')).toBe('TLSv1.2')
    expect(await handshake(strict.securePort, 'TLSv1.2')).toBe('refused')
  })

  it('may be the only one', async () => {
    const server = await secured({ port: null })
    expect(server.port).toBe(server.securePort)
    const client = await tlsClient(server.port)
    expect(await client.exists('/')).not.toBeNull()
  })

  it('counts handshakes against the limits on connections', async () => {
    const server = await secured({ maxConnectionsPerAddress: 1 })
    const held = dial(server.securePort ?? 0, '127.0.0.1')
    fixture.cleanup(async () => void held.destroy())
    await new Promise((resolve) => held.once('connect', resolve))
    await talk(server.securePort, '')
    expect(refusals(server, 'too_many_connections')).toBe(1)
  })

  it('closes while a handshake is under way', async () => {
    const server = await secured()
    const held = dial(server.securePort ?? 0, '127.0.0.1')
    held.on('error', () => {})
    await new Promise((resolve) => held.once('connect', resolve))
    await server.close()
    await new Promise((resolve) => (held.closed ? resolve(null) : held.once('close', resolve)))
  })
})

describe('a port for both', () => {
  it('tells TLS from the rest by its first byte', async () => {
    const server = await secured({ securePort: null, portUnification: true })
    const [plain, secure] = [await fixture.client(server.connectString), await tlsClient(server.port)]
    await plain.create('/a', 'plain')
    expect((await secure.getData('/a')).data?.toString()).toBe('plain')
    expect((await talk(server.port, 'ruok')).toString()).toBe('imok')
  })

  it('closes on those who say nothing', async () => {
    const server = await secured({ securePort: null, portUnification: true, handshakeTimeoutMs: 100 })
    expect(await talk(server.port, '')).toEqual(Buffer.alloc(0))
    expect(refusals(server, 'handshake_timeout')).toBe(1)
  })

  it('is not there unless it was asked for', async () => {
    const server = await secured()
    const hello = Buffer.from('16030100c8010000c4', 'hex')
    await talk(server.port, hello)
    expect(refusals(server, 'protocol_error')).toBe(1)
  })
})

describe('certificates of clients', () => {
  it('are their x509 identity, in lists too', async () => {
    const server = await secured({ tlsCaFile: file('authority.pem') })
    const client = await tlsClient(server.securePort, 'client')
    expect((await client.whoAmI()).map(({ scheme, user }) => `${scheme}:${user}`)).toEqual(['ip:127.0.0.1', `x509:${CLIENT_SUBJECT}`])
    await client.create('/mine', 'x', { acl: [{ perms: 31, id: { scheme: 'x509', id: CLIENT_SUBJECT } }] })
    expect((await client.getData('/mine')).data?.toString()).toBe('x')
    const plain = await fixture.client(server.connectString)
    expect(await code(plain.getData('/mine'))).toBe('NO_AUTH')
  })

  it('make the super user of the subject that was named', async () => {
    const server = await secured({ tlsCaFile: file('authority.pem'), x509SuperUser: CLIENT_SUBJECT })
    const plain = await fixture.client(server.connectString)
    await plain.create('/closed', 'x', { acl: [{ perms: 31, id: { scheme: 'digest', id: 'ann:hash' } }] })
    const client = await tlsClient(server.securePort, 'client')
    expect((await client.getData('/closed')).data?.toString()).toBe('x')
  })

  it.each<['client' | 'stranger' | null, 'need' | 'want', boolean]>([
    ['client', 'need', true],
    ['stranger', 'need', false],
    [null, 'need', false],
    ['client', 'want', true],
    ['stranger', 'want', false],
    [null, 'want', true],
  ])('%s with %s: let in %s', async (identity, tlsClientAuth, letIn) => {
    const server = await secured({ tlsCaFile: file('authority.pem'), tlsClientAuth })
    if (letIn) {
      const client = await tlsClient(server.securePort, identity)
      expect((await client.whoAmI()).some(({ scheme }) => scheme === 'x509')).toBe(identity !== null)
      return
    }
    const controller = new AbortController()
    const connecting = rejection(connect(`localhost:${server.securePort}`, { tls: await tlsOptions(identity), signal: controller.signal }))
    await until('a refusal', () => refusals(server, 'tls_handshake') > 0)
    controller.abort(new Error('enough'))
    expect(await connecting).toEqual(new Error('enough'))
    expect(server.view.stats().sessionCount).toBe(0)
  })
})

describe('certificates that are replaced', () => {
  async function folder(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), 'zoarium-tls-'))
    fixture.cleanup(() => rm(path, { recursive: true }))
    await copyFile(file('server.pem'), join(path, 'cert.pem'))
    await copyFile(file('server.key'), join(path, 'key.pem'))
    return path
  }

  it('are shown to new connections after a reload; the old ones stay', async () => {
    const path = await folder()
    const server = await secured({ tlsCertFile: join(path, 'cert.pem'), tlsKeyFile: join(path, 'key.pem') })
    const client = await tlsClient(server.securePort)
    expect(await nameShown(server.securePort)).toBe('localhost')
    await copyFile(file('renewed.pem'), join(path, 'cert.pem'))
    await copyFile(file('renewed.key'), join(path, 'key.pem'))
    await server.reload()
    expect(await nameShown(server.securePort)).toBe('renewed')
    expect(await client.exists('/')).not.toBeNull()
  })

  it('that are no good change nothing', async () => {
    const path = await folder()
    const server = await secured({ tlsCertFile: join(path, 'cert.pem'), tlsKeyFile: join(path, 'key.pem') })
    await writeFile(join(path, 'cert.pem'), 'nonsense')
    expect(await code(server.reload())).toBe('ERR_CONFIG')
    await copyFile(file('renewed.pem'), join(path, 'cert.pem'))
    expect(await code(server.reload())).toBe('ERR_CONFIG')
    await utimes(join(path, 'key.pem'), 0, 0)
    expect(await nameShown(server.securePort)).toBe('localhost')
  })
})

describe('certificates that were revoked', () => {
  const REVOKING = { tlsCaFile: file('revoking-authority.pem') }

  /** Why the server did not let the client in; `null` if it did. */
  async function outcome(server: Server, identity: 'kept' | 'revoked'): Promise<string | null> {
    const before = refusals(server, 'tls_handshake')
    const tls = { ca: await pem('authority.pem'), cert: await pem(`${identity}.pem`), key: await pem(`${identity}.key`) }
    const controller = new AbortController()
    const connecting = connect(`localhost:${server.securePort}`, { tls, signal: controller.signal })
    const refused = until('a refusal', () => refusals(server, 'tls_handshake') > before).then(() => 'refused')
    const first = await Promise.race([connecting.then(() => null), refused])
    if (first === null) await (await connecting).close()
    else controller.abort(new Error('enough'))
    await connecting.catch(() => undefined)
    return first
  }

  it('let nobody in, and others do', async () => {
    const without = await secured(REVOKING)
    expect(await outcome(without, 'revoked')).toBeNull()
    const server = await secured({ ...REVOKING, tlsCrlFile: file('one-revoked.crl') })
    expect(await outcome(server, 'kept')).toBeNull()
    expect(await outcome(server, 'revoked')).toBe('refused')
  })

  it('are known from the moment the list is read again, and every list of the file counts', async () => {
    const path = await mkdtemp(join(tmpdir(), 'zoarium-crl-'))
    fixture.cleanup(() => rm(path, { recursive: true }))
    const list = join(path, 'list.pem')
    await copyFile(file('none-revoked.crl'), list)
    const server = await secured({ ...REVOKING, tlsCrlFile: list })
    expect(await outcome(server, 'revoked')).toBeNull()
    await writeFile(list, `${await pem('expired.crl')}${await pem('one-revoked.crl')}`)
    await server.reload()
    expect(await outcome(server, 'kept')).toBeNull()
    expect(await outcome(server, 'revoked')).toBe('refused')
    await writeFile(list, 'nonsense')
    expect(await code(server.reload())).toBe('ERR_CONFIG')
    expect(await outcome(server, 'revoked')).toBe('refused')
  })

  it.each([
    ['a list that has expired', { ...REVOKING, tlsCrlFile: file('expired.crl') }],
    ['no list of the authority', { ...REVOKING, tlsCaFile: file('authority.pem'), tlsCrlFile: file('one-revoked.crl') }],
  ])('cannot be told from others with %s: nobody comes in', async (_, options) => {
    expect(await outcome(await secured(options), 'kept')).toBe('refused')
  })
})

describe('a start without usable files', () => {
  const LISTED = { securePort: 0, tlsCertFile: file('server-both.pem'), tlsCaFile: file('revoking-authority.pem') }

  it.each<[string, ServerOptions, string]>([
    ['no such certificate', { securePort: 0, tlsCertFile: '/nowhere.pem' }, '/nowhere.pem: expected a readable file'],
    [
      'a key of another certificate',
      { securePort: 0, tlsCertFile: file('server.pem'), tlsKeyFile: file('client.key') },
      'no usable certificate and key',
    ],
    ['a wrong passphrase', { securePort: 0, tlsCertFile: file('server.p12'), tlsPassphrase: 'wrong' }, 'no usable certificate and key'],
    ['no certificate at all', { securePort: 0 }, 'tlsCertFile: expected a certificate'],
    ['a certificate for no port', { tlsCertFile: file('server.pem') }, 'no port would use the certificate'],
    ['no authorities for what must be shown', { securePort: 0, tlsCertFile: file('server-both.pem'), tlsClientAuth: 'need' }, 'tlsCaFile'],
    [
      'authorities that are no PEM',
      { securePort: 0, tlsCertFile: file('server-both.pem'), tlsCaFile: file('server.p12') },
      'expected certificates in PEM',
    ],
    ['a list of nothing', { ...LISTED, tlsCrlFile: file('authority.pem') }, 'expected revocation lists in PEM'],
    ['a list that cannot be read', { ...LISTED, tlsCrlFile: '/nowhere.crl' }, '/nowhere.crl: expected a readable file'],
    ['a list without authorities', { ...LISTED, tlsCaFile: undefined as never, tlsCrlFile: file('one-revoked.crl') }, 'tlsCaFile'],
    ['no port at all', { port: null }, 'port: expected a port'],
  ])('is refused: %s', async (_, options, message) => {
    const error = await rejection(realServer(fixture, options))
    expect(error).toMatchObject({ code: 'ERR_CONFIG' })
    expect(String(error)).toContain(message)
  })
})
