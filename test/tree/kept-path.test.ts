// Paths compared as bytes, beside the comparison of strings that they stand for.
import { expect, test } from 'vitest'
import { isPlainName, KeptPath } from '../../core/tree/kept-path.ts'
import { compareTreeOrder } from '../../core/tree/tree-order.ts'
import { pathProblem } from '../../core/wire/paths.ts'

const LONG = `/${'x'.repeat(400)}`
const PATHS = ['/', '/a', '/a/b', '/a/b/c', '/a/z', '/a!', '/a!/b', '/a-', '/aa', '/b', '/é', '/é/a', '/豈', LONG, `${LONG}/a`]

function kept(path: string): KeptPath {
  const keeper = new KeptPath()
  const bytes = Buffer.from(`##${path}##`)
  keeper.set(bytes, 2, bytes.length - 2)
  return keeper
}

test('the order is that of strings', () => {
  for (const last of PATHS) {
    for (const next of PATHS) {
      const bytes = Buffer.from(`#${next}`)
      expect(Math.sign(kept(last).compare(bytes, 1, bytes.length)), `${last} ${next}`).toBe(Math.sign(compareTreeOrder(next, last)))
      expect(kept(last).is(bytes, 1, bytes.length), `${last} ${next}`).toBe(last === next)
    }
  }
})

test('nothing is kept at first', () => {
  expect(new KeptPath().isEmpty).toBe(true)
  expect(new KeptPath().is(Buffer.from('/'), 0, 0)).toBe(false)
  expect(kept('/').isEmpty).toBe(false)
})

test('a plain name makes a valid path, and every name of printable ASCII without a dot in front is plain', () => {
  for (const name of ['a', 'a.b', '~', ' ', '.', '..', '.a', '', 'a\0', '\x1f', '\x7f', 'é', '\ufffd', '豈']) {
    const bytes = Buffer.from(`/${name}/`)
    const isPlain = isPlainName(bytes, 1, bytes.length - 1)
    if (isPlain) expect(pathProblem(`/${name}`), name).toBeNull()
    expect(isPlain, name).toBe(/^(?!\.)[\x20-\x7e]+$/.test(name))
  }
})
