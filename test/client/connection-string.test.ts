import { describe, expect, it } from 'vitest'
import { formatAddress, parseConnectionString } from '../../core/client/connection-string.ts'
import { ZoariumError } from '../../core/index.ts'

describe('a connection string', () => {
  it('names servers, ports and a chroot', () => {
    expect(parseConnectionString('h1:2181,h2:2182/app/team')).toEqual({
      servers: [
        { host: 'h1', port: 2181 },
        { host: 'h2', port: 2182 },
      ],
      chroot: '/app/team',
      tls: null,
      auth: null,
    })
  })

  it('defaults to port 2181 and no chroot', () => {
    expect(parseConnectionString('zk-1.example.com')).toMatchObject({ servers: [{ host: 'zk-1.example.com', port: 2181 }], chroot: '' })
    expect(parseConnectionString('h/')).toMatchObject({ servers: [{ host: 'h', port: 2181 }], chroot: '' })
  })

  it('takes IPv6 addresses in brackets, and spaces around the commas', () => {
    expect(parseConnectionString('[::1], [fe80::1%eth0]:2182').servers).toEqual([
      { host: '::1', port: 2181 },
      { host: 'fe80::1%eth0', port: 2182 },
    ])
  })

  it('may be a list; the chroot stands at its end', () => {
    expect(parseConnectionString(['h1:1', 'h2/app'])).toEqual(parseConnectionString('h1:1,h2/app'))
  })

  it('prints addresses as it reads them', () => {
    for (const text of ['h:1', '[::1]:2181', '10.0.0.1:65535', 'unix:/run/zk.sock']) {
      expect(parseConnectionString(text).servers.map(formatAddress)).toEqual([text])
    }
  })

  it('may be a URL, with TLS and an identity', () => {
    expect(parseConnectionString('zk://h1,h2:2182/app')).toEqual({ ...parseConnectionString('h1,h2:2182/app'), tls: false })
    expect(parseConnectionString('ZKS://us%40er:p%3Aa:s%2Fs@[::1]:2281')).toEqual({
      servers: [{ host: '::1', port: 2281 }],
      chroot: '',
      tls: true,
      auth: { scheme: 'digest', auth: 'us@er:p:a:s/s' },
    })
  })

  it('may name sockets', () => {
    expect(parseConnectionString('unix:/run/zk.sock')).toMatchObject({ servers: [{ socketPath: '/run/zk.sock' }], chroot: '' })
    expect(parseConnectionString('unix:/run/zk.sock:/app')).toMatchObject({ servers: [{ socketPath: '/run/zk.sock' }], chroot: '/app' })
    expect(parseConnectionString(['unix:/a', 'h:1', 'unix:/b:/app'])).toMatchObject({
      servers: [{ socketPath: '/a' }, { host: 'h', port: 1 }, { socketPath: '/b' }],
      chroot: '/app',
    })
  })

  it('never shows a password in what it refuses', () => {
    for (const bad of ['zk://user:secret@', 'zk://user:secret@h:x', 'zk://user:se%cret@h', 'zk://user:secret@h?x']) {
      expect(() => parseConnectionString(bad)).toThrow(/^(?!.*secret).*$/)
    }
  })

  for (const bad of [
    '',
    ',',
    'h:',
    'h:0',
    'h:65536',
    'h:x',
    '::1',
    'h1,,h2',
    'h h',
    'h/a/',
    'h/a//b',
    '[::1',
    'http://h',
    'zk://',
    'zk://h?x=1',
    'zk://user@h',
    'zk://u%:p@h',
    'u:p@h',
    'unix:zk.sock',
    'unix:',
  ]) {
    it(`is refused when it is ${JSON.stringify(bad)}, with what was expected and what came`, () => {
      const parse = (): unknown => parseConnectionString(bad)
      expect(parse).toThrow(ZoariumError)
      expect(parse).toThrow(/servers: .*ERR_CONFIG/)
    })
  }

  it('is refused when it is not a string or a list of them', () => {
    for (const bad of [
      ['h/a', 'h2'],
      ['zk://h', 'h2'],
    ])
      expect(() => parseConnectionString(bad)).toThrow(/ERR_CONFIG/)
    for (const bad of [[], [1], null, 5]) expect(() => parseConnectionString(bad as unknown as string[])).toThrow(/expected 'host:port/)
  })
})
