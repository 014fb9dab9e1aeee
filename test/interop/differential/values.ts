// The values that random requests are made of: few enough that requests meet, and with every kind of wrong one among them.

import type { Random } from '../../../core/support/random.ts'
import { type Acl, OPEN_ACL } from '../../../core/wire/records.ts'

export function pick<T>(random: Random, list: readonly T[]): T {
  return list[random.below(list.length)] as T
}

export function chance(random: Random, oneIn: number): boolean {
  return random.below(oneIn) === 0
}

const GOOD_PATHS = [
  '~/a',
  '~/a',
  '~/a',
  '~/a',
  '~/a/x',
  '~/a/x',
  '~/a/x',
  '~/b',
  '~/b',
  '~/a/y',
  '~/a/x/deep',
  '~/b/x',
  '~/c',
  '~/ä',
  '~',
] as const
const SEQUENTIAL_PATHS = ['~/s-', '~/a/', '~/a/s', '~/b/s-', '~/'] as const
const NUMBERED_PATHS = [
  '~/s-0000000000',
  '~/s-0000000001',
  '~/s-0000000002',
  '~/a/0000000000',
  '~/a/s0000000001',
  '~/a/0000000001',
  '~/b/s-0000000000',
  '~/0000000003',
] as const
const BAD_PATHS = [
  '',
  'a',
  '~/',
  '~/a/',
  '~//a',
  '~/./a',
  '~/../a',
  '~/a/.',
  '~/a/..',
  '~/a\u0001',
  '~/a\u0000b',
  '~/\u0085',
  '~/\ufffe',
  '~/\ud800',
  '~/\ue000',
  '~/a b',
  '~/.a',
  '~/a\u007f',
  '/',
  '/zookeeper',
  '/zookeeper/quota',
  '/zookeeper/config',
] as const

export function goodPath(random: Random): string {
  return chance(random, 9) ? pick(random, NUMBERED_PATHS) : pick(random, GOOD_PATHS)
}

/** Mostly one that can be, seldom one that cannot. */
export function path(random: Random, badOneIn: number): string {
  return chance(random, badOneIn) ? pick(random, BAD_PATHS) : goodPath(random)
}

export function sequentialPath(random: Random): string {
  return pick(random, SEQUENTIAL_PATHS)
}

export function data(random: Random): Buffer | null {
  switch (random.below(8)) {
    case 0:
      return null
    case 1:
      return Buffer.alloc(0)
    case 2:
      return Buffer.alloc(random.below(200), 'z')
    case 3:
      return Buffer.from([0xff, 0xfe, 0, 1])
    default:
      return Buffer.from(pick(random, ['x', 'hello', 'something longer', '42']))
  }
}

// Well-formed ones: text that it cannot read ends a ZooKeeper server or fails every write (docs/operations/interop.md).
const LIMITS = [
  'count=3,bytes=-1',
  'count=-1,bytes=20',
  'count=2,bytes=10',
  'count=-1,bytes=-1=;byteHardLimit=30;countHardLimit=4',
  'count=2,bytes=-1=;byteHardLimit=-1;countHardLimit=3',
  'count=-1,bytes=10=;byteHardLimit=12;countHardLimit=-1',
  'count=5,bytes=50',
  'bytes=7,count=2',
  'count=1',
  '',
  'count=2;bytes=9',
  'countHardLimit=2',
] as const

export function limits(random: Random): Buffer {
  return Buffer.from(pick(random, LIMITS))
}

export function version(random: Random): number {
  return pick(random, [-1, -1, -1, -1, -1, -1, 0, 0, 0, 1, 1, 2, 3, 7, -2, -2_147_483_648, 2_147_483_647])
}

export function flags(random: Random): number {
  return pick(random, [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 7, -1, 100])
}

export function ttlMs(random: Random): number {
  return pick(random, [
    1_000_000_000,
    1_000_000_000,
    1_000_000_000,
    1_000_000_000,
    86_400_000,
    86_400_000,
    0,
    -1,
    2 ** 40 - 1,
    2 ** 40,
    2 ** 48,
    -(2 ** 40),
  ])
}

/** `user:password` of the users who can show themselves. */
export const USERS = ['u1:p1', 'u2:p2'] as const
/** sha1 and base64 of `u1:p1` and `u2:p2`, as ACLs name them. */
export const DIGESTS = ['u1:fpT/y03U+EjItKZOSLGvjnJlyng=', 'u2:o9NxcCGDPOlcV7JVhmKHOf5ctVE='] as const
export const SUPER_USER = 'super:secret'
export const SUPER_DIGEST = 'super:lK75jTNcA+U9vtVEw5vB51mj/w4='

function acl(perms: number, scheme: string, id: string): Acl {
  return { perms, id: { scheme, id } }
}

const WORLD = acl(31, 'world', 'anyone')
const LISTS: readonly (readonly Acl[] | null)[] = [
  [acl(1, 'world', 'anyone')],
  [acl(30, 'world', 'anyone')],
  [acl(15, 'world', 'anyone')],
  [acl(23, 'world', 'anyone')],
  [acl(27, 'world', 'anyone')],
  [acl(0, 'world', 'anyone')],
  [acl(31, 'auth', '')],
  [acl(31, 'auth', 'whoever')],
  [acl(31, 'digest', DIGESTS[0])],
  [acl(31, 'digest', DIGESTS[1]), acl(1, 'world', 'anyone')],
  [acl(5, 'digest', DIGESTS[0]), acl(16, 'digest', DIGESTS[1])],
  [acl(31, 'ip', '127.0.0.1')],
  [acl(31, 'ip', '127.0.0.0/8')],
  [acl(31, 'ip', '10.0.0.0/8')],
  [acl(31, 'ip', '10.0.0.1'), acl(9, 'world', 'anyone')],
  [acl(1, 'world', 'anyone'), acl(1, 'world', 'anyone'), acl(31, 'auth', '')],
  [WORLD, WORLD],
  [acl(31, 'auth', ''), acl(31, 'auth', '')],
  [acl(64, 'world', 'anyone')],
  [acl(-1, 'world', 'anyone')],
]
const BAD_LISTS: readonly (readonly Acl[] | null)[] = [
  null,
  [],
  [acl(31, 'world', 'bob')],
  [acl(31, 'nobody', 'x')],
  [acl(31, '', '')],
  [acl(31, 'digest', 'no-colon')],
  [acl(31, 'digest', 'a:b:c')],
  [acl(31, 'digest', ':b')],
  [acl(31, 'digest', 'a:')],
  [acl(31, 'digest', '')],
  [acl(31, 'ip', 'localhost')],
  [acl(31, 'ip', '127.0.0.1/33')],
  [acl(31, 'ip', '127.0.0.1/')],
  [acl(31, 'ip', '127.0.0/8')],
  [acl(31, 'ip', '256.0.0.1')],
  [acl(31, 'ip', '127.0.0.1/8/8')],
  [acl(31, 'ip', '')],
  [acl(31, 'super', '')],
  [WORLD, acl(31, 'nobody', 'x')],
]

export function aclList(random: Random, specialOneIn: number): readonly Acl[] | null {
  if (!chance(random, specialOneIn)) return OPEN_ACL
  return chance(random, 4) ? pick(random, BAD_LISTS) : pick(random, LISTS)
}
