// Look-ups through growth, removal, equal hashes and every kind of path that is none.
import { describe, expect, test } from 'vitest'
import { SeededRandom } from '../../core/support/random.ts'
import { OPEN } from '../../core/tree/acl-table.ts'
import { NodeImage } from '../../core/tree/node-image.ts'
import { NodeStore } from '../../core/tree/node-store.ts'
import { PathBytes } from '../../core/tree/path-bytes.ts'
import { type HashKey, NO_KEY } from '../../core/tree/path-hash.ts'
import { joinPath, parentPath } from '../../core/wire/paths.ts'

const { ZOARIUM_TREE_SEED: SEED = '1' } = process.env
const image = NodeImage.fresh(null, OPEN, null, 1, 1)

function planted(key: HashKey = NO_KEY): NodeStore {
  const store = new NodeStore(key)
  store.attach('/', image, null)
  return store
}

function add(store: NodeStore, path: string): number {
  return store.attach(path, image, store.parentOf(path)).row
}

function rowOf(store: NodeStore, path: string): number | undefined {
  const row = store.get(path)?.row
  // Both ways to ask say the same, wherever the bytes lie.
  const bytes = Buffer.from(`##${path}##`)
  expect(store.find(bytes, 2, bytes.length - 2)?.row).toBe(row)
  return row
}

test('strings that are no path of a node name nothing', () => {
  const store = planted()
  for (const path of ['/a', '/a/b', '/ab', '/a/b/c']) add(store, path)
  for (const path of [
    '',
    'a',
    '/a/',
    '//a',
    '/',
    '/a//b',
    'a/b',
    '/a/b/',
    '/b',
    '/c',
    '/a/c',
    '/A',
    '/a\0',
    '/ab/c',
    'x/a',
    '/.',
    '/a/b/c/d',
  ]) {
    expect(rowOf(store, path) !== undefined, path).toBe(path === '/')
  }
})

test('names beyond ASCII, beyond the copy of short strings and beyond a page of the slab', () => {
  const store = planted()
  const names = ['é', '名前', '\ufeffx', 'x'.repeat(63), 'y'.repeat(64), 'ü'.repeat(400), 'z'.repeat(5000)]
  const rows = names.map((name) => add(store, `/${name}`))
  names.forEach((name, i) => {
    expect(rowOf(store, `/${name}`)).toBe(rows[i])
    expect(rowOf(store, `/${name}/`)).toBeUndefined()
    const child = add(store, `/${name}/${name}`)
    expect(rowOf(store, `/${name}/${name}`)).toBe(child)
  })
  expect(store.get('/')?.children).toEqual(names)
})

test('a lone surrogate and bytes that are not UTF-8 name nothing', () => {
  const store = planted()
  add(store, '/a')
  expect(store.get('/\ud800')).toBeUndefined()
  expect(store.find(Buffer.from([0x2f, 0xff]), 0, 2)).toBeUndefined()
  // An overlong form of 'a'.
  expect(store.find(Buffer.from([0x2f, 0xc1, 0xa1]), 0, 3)).toBeUndefined()
})

test('the path that was asked for last is not mistaken for another', () => {
  const store = planted()
  add(store, '/a')
  add(store, '/b')
  const b = Buffer.from('/b')
  expect(store.get('/a')?.row).not.toBe(store.find(b, 0, 2)?.row)
  expect(store.get('/a')?.row).not.toBe(store.get('/b')?.row)
  expect(store.find(b, 0, 2)?.row).toBe(store.get('/b')?.row)
})

describe('against a Map', () => {
  test.each([
    { name: 'no key', key: NO_KEY },
    { name: 'a key', key: { k0: 0x1234567, k1: -5 } },
  ])('any order of coming and going, with $name', ({ key }) => {
    const random = new SeededRandom(Number(SEED))
    const store = planted(key)
    const rows = new Map<string, number>([['/', store.get('/')?.row as number]])
    const paths = ['/']
    for (let step = 0; step < 30_000; step++) {
      const grows = random.next() < (Math.floor(step / 10_000) % 2 === 0 ? 0.8 : 0.4)
      const at = random.below(paths.length)
      const path = paths[at] as string
      const why = `ZOARIUM_TREE_SEED=${SEED}, step ${step}, ${path}`
      if (grows) {
        const child = joinPath(path, `n${random.below(200)}`)
        if (child.length > 60 || rows.has(child)) continue
        rows.set(child, add(store, child))
        paths.push(child)
      } else {
        const node = store.get(path)
        if (node === undefined) throw new Error(`${why} is gone`)
        if (path === '/' || node.numChildren > 0) continue
        store.detach(path, node, store.parentOf(path))
        rows.delete(path)
        paths[at] = paths.at(-1) as string
        paths.pop()
        expect(store.get(path), why).toBeUndefined()
      }
    }
    expect(store.nodeCount).toBe(rows.size)
    for (const [path, row] of rows) expect(rowOf(store, path), path).toBe(row)
    const children = new Map<string, string[]>()
    for (const path of rows.keys()) {
      if (path === '/') continue
      const above = parentPath(path)
      children.set(above, [...(children.get(above) ?? []), path.slice(path.lastIndexOf('/') + 1)])
    }
    for (const path of rows.keys()) {
      expect([...(store.get(path)?.children ?? [])].sort(), path).toEqual((children.get(path) ?? []).sort())
    }
  })
})

describe('the hash', () => {
  const hash = (path: string, key: HashKey = NO_KEY): number => {
    const bytes = new PathBytes(key)
    bytes.set(path)
    return bytes.hash
  }

  test('is that of HalfSipHash-1-3, worked out slowly', () => {
    for (const path of ['/', '/a', '/ab', '/abc', '/abcd', '/directory-0001/child-00012', 'x'.repeat(300)]) {
      for (const key of [NO_KEY, { k0: 0x03020100, k1: 0x07060504 }]) expect(hash(path, key) >>> 0, path).toBe(slowHash(path, key))
    }
  })

  test('depends on the key, on every byte and on the length', () => {
    expect(hash('/abc')).not.toBe(hash('/abc', { k0: 1, k1: 0 }))
    expect(hash('/abc')).not.toBe(hash('/abc', { k0: 0, k1: 1 }))
    expect(new Set(['/abc', '/abd', '/bbc', '/abc\0', '/ab', '/a'].map((path) => hash(path))).size).toBe(6)
  })

  test('spreads names that differ little over the buckets', () => {
    const buckets = new Int32Array(1024)
    for (let i = 0; i < 10_240; i++) {
      const bucket = hash(`/app/lock-${String(i).padStart(10, '0')}`) & 1023
      buckets[bucket] = (buckets[bucket] as number) + 1
    }
    // Ten each on average; the chance of thirty in any of them is one in a thousand.
    expect(Math.max(...buckets)).toBeLessThan(30)
  })
})

/** With the rules said in 64 bits of a bigint and no cleverness. */
function slowHash(path: string, key: HashKey): number {
  const mask = 0xffff_ffffn
  const rotate = (x: bigint, by: bigint): bigint => ((x << by) | (x >> (32n - by))) & mask
  const k0 = BigInt(key.k0 >>> 0)
  const k1 = BigInt(key.k1 >>> 0)
  let [v0, v1, v2, v3] = [k0, k1, 0x6c796765n ^ k0, 0x74656462n ^ k1]
  const round = (): void => {
    v0 = (v0 + v1) & mask
    v1 = rotate(v1, 5n) ^ v0
    v0 = rotate(v0, 16n)
    v2 = (v2 + v3) & mask
    v3 = rotate(v3, 8n) ^ v2
    v0 = (v0 + v3) & mask
    v3 = rotate(v3, 7n) ^ v0
    v2 = (v2 + v1) & mask
    v1 = rotate(v1, 13n) ^ v2
    v2 = rotate(v2, 16n)
  }
  const bytes = Buffer.from(path)
  const blocks = Buffer.alloc((bytes.length & ~3) + 4)
  bytes.copy(blocks)
  blocks[blocks.length - 1] = bytes.length & 0xff
  for (let at = 0; at < blocks.length; at += 4) {
    const m = BigInt(blocks.readUInt32LE(at))
    v3 ^= m
    round()
    v0 ^= m
  }
  v2 ^= 0xffn
  for (let i = 0; i < 3; i++) round()
  return Number(v1 ^ v3)
}
