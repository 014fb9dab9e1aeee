import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { baseName, joinPath, lightPathProblem, parentPath, pathProblem, sequentialPathProblem } from '../../core/wire/paths.ts'

/** The rules of PathUtils.validatePath, said once more and slowly. */
function isValid(path: string): boolean {
  if (path === '/') return true
  if (!path.startsWith('/') || path.endsWith('/')) return false
  for (const component of path.slice(1).split('/')) {
    if (component === '' || component === '.' || component === '..') return false
  }
  return [...path].every((character) => !isRefused(character))
}

function isRefused(character: string): boolean {
  const unit = character.charCodeAt(0)
  const ranges = [
    [0x00, 0x1f],
    [0x7f, 0x9f],
    [0xd800, 0xf8ff],
    [0xfff0, 0xffff],
  ] as const
  return ranges.some(([from, to]) => unit >= from && unit <= to)
}

const component = fc.string({
  unit: fc.constantFrom('a', 'Z', '0', '.', '-', 'é', '水', ' ', '\u00a0', '\ufdd0'),
  minLength: 1,
  maxLength: 6,
})
const validPath = fc
  .array(component, { minLength: 1, maxLength: 4 })
  .map((parts) => `/${parts.join('/')}`)
  .filter(isValid)
const anyPath = fc.string({
  unit: fc.oneof(
    fc.constantFrom('/', '/', '.', '.', 'a', 'b', '\0', '\x1f', '\x7f', '\ud800', '\ue000', '\ufff0'),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 12,
})

describe('pathProblem', () => {
  it('agrees with the rules said slowly, on any string', () => {
    fc.assert(
      fc.property(fc.oneof(anyPath, validPath), (path) => {
        expect(pathProblem(path) === null, JSON.stringify(path)).toBe(isValid(path))
      }),
      { numRuns: 3_000 },
    )
  })

  it.each([
    '/',
    '/a',
    '/a/b',
    '/a.b',
    '/...',
    '/.a',
    '/a.',
    '/..a',
    '/a/...',
    '/a b',
    '/\u00a0',
    '/é/水',
    '/\uf900',
    '/\uffef',
    '/zookeeper',
  ])('accepts %j', (path) => expect(pathProblem(path)).toBeNull())

  it.each([
    ['', 'empty'],
    ['a', 'start with /'],
    ['a/b', 'start with /'],
    ['/a/', 'end with /'],
    ['//', 'empty component'],
    ['/a//b', 'empty component'],
    ['/.', '. or ..'],
    ['/..', '. or ..'],
    ['/./a', '. or ..'],
    ['/a/../b', '. or ..'],
    ['/a/.', '. or ..'],
    ['/a/..', '. or ..'],
    ['/a\0b', 'U+0000'],
    ['/a\u0001', 'U+0001'],
    ['/a\u001f', 'U+001F'],
    ['/a\u007f', 'U+007F'],
    ['/a\u009f', 'U+009F'],
    ['/a\ud800', 'U+D800'],
    ['/a\udfff', 'U+DFFF'],
    ['/😀', 'U+D83D'],
    ['/a\ue000', 'U+E000'],
    ['/a\uf8ff', 'U+F8FF'],
    ['/a\ufff0', 'U+FFF0'],
    ['/a\ufffd', 'U+FFFD'],
    ['/a\uffff', 'U+FFFF'],
  ])('refuses %j and says why', (path, why) => expect(pathProblem(path)).toContain(why))

  it('refuses a path whose bytes were not UTF-8', () => {
    expect(pathProblem(Buffer.from([0x2f, 0x61, 0xff]).toString('utf8'))).not.toBeNull()
  })
})

describe('sequentialPathProblem', () => {
  it('lets the path end with a slash or with dots, because digits follow', () => {
    for (const path of ['/', '/a/', '/a/.', '/a/..', '/a/b-']) expect(sequentialPathProblem(path), path).toBeNull()
  })

  it('refuses the rest as ever', () => {
    for (const path of ['', 'a', '//', '/a//', '/../b', '/\0']) expect(sequentialPathProblem(path), path).not.toBeNull()
  })
})

describe('lightPathProblem', () => {
  it('wants a slash, no NUL, and none of the nodes that always exist', () => {
    for (const path of ['', 'a', '/a\0', '/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config']) {
      expect(lightPathProblem(path), path).not.toBeNull()
    }
    for (const path of ['/a', 'a/b', '/a/', '//', '/zookeeper/quota/a', '/zookeeper2', '/\ud800']) {
      expect(lightPathProblem(path), path).toBeNull()
    }
  })
})

describe('parentPath, baseName and joinPath', () => {
  it('take a path apart and put it together', () => {
    fc.assert(
      fc.property(validPath, (path) => {
        expect(joinPath(parentPath(path), baseName(path))).toBe(path)
      }),
    )
    fc.assert(
      fc.property(
        fc.oneof(validPath, fc.constant('/')),
        component.filter((name) => isValid(`/${name}`)),
        (parent, name) => {
          const path = joinPath(parent, name)
          expect(pathProblem(path)).toBeNull()
          expect([parentPath(path), baseName(path)]).toEqual([parent, name])
        },
      ),
    )
  })

  it('know the root', () => {
    expect(parentPath('/a')).toBe('/')
    expect(parentPath('/')).toBe('/')
    expect(baseName('/')).toBe('')
    expect(joinPath('/', 'a')).toBe('/a')
    expect(joinPath('/a', 'b')).toBe('/a/b')
  })
})
