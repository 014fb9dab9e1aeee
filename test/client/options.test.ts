import { describe, expect, it } from 'vitest'
import { decorrelatedJitter } from '../../core/client/backoff.ts'
import { CONNECT_DEFAULTS, resolveConnectOptions } from '../../core/client/options.ts'
import { connect } from '../../core/index.ts'
import { code, rejection } from './support.ts'

describe('the options of connect()', () => {
  it('have the documented defaults', () => {
    const { random, logger, backoff, ...rest } = resolveConnectOptions({})
    expect(rest).toEqual({
      sessionTimeoutMs: 30_000,
      connectTimeoutMs: 5_000,
      requestTimeoutMs: 0,
      maxPendingRequests: 1_000_000,
      maxRequestBytes: 1_048_575,
      maxFrameBytes: 67_108_864,
      onExpired: 'renew',
      keepLastZxid: true,
      canBeReadOnly: false,
      whenDisconnected: 'queue',
      auth: [],
      sasl: null,
      tls: null,
      lookup: null,
    })
    expect(rest).toMatchObject(CONNECT_DEFAULTS)
    expect(backoff).toBe(decorrelatedJitter)
    expect(random.next()).toBeLessThan(1)
    logger.info({}, 'silent')
  })

  for (const [options, text] of [
    [{ sessionTimeoutMs: 0 }, 'sessionTimeoutMs: expected an integer from 1 to 2147483647, got 0'],
    [{ connectTimeoutMs: 1.5 }, 'connectTimeoutMs: expected an integer from 1 to 2147483647, got 1.5'],
    [{ requestTimeoutMs: -1 }, 'requestTimeoutMs: expected an integer from 0'],
    [{ maxPendingRequests: Number.NaN }, 'maxPendingRequests: expected an integer from 1'],
    [{ maxFrameBytes: 5 }, 'maxFrameBytes: expected an integer from 1024'],
    [{ onExpired: 'never' as 'close' }, 'onExpired: expected one of renew, close, got never'],
    [{ whenDisconnected: 'wait' as 'queue' }, 'whenDisconnected: expected one of queue, reject, got wait'],
    [{ backoff: 5 as never }, 'backoff: expected a function, got number'],
    [{ lookup: {} as never }, 'lookup: expected a function, got object'],
    [{ auth: [{ scheme: '', auth: 'secret' }] }, 'auth: expected a scheme such as \'digest\', got ""'],
    [{ auth: [{ scheme: 'digest', auth: 5 as unknown as string }] }, "auth: expected a string or bytes for scheme 'digest', got number"],
  ] as const) {
    it(`are refused: ${text}`, async () => {
      const error = await rejection(connect('127.0.0.1:1', options))
      expect(String(error)).toContain(text)
      expect(await code(connect('127.0.0.1:1', options))).toBe('ERR_CONFIG')
    })
  }
})
