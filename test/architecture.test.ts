// The rules of the house in plain words: which room may import which, what pure rooms may not touch, and that nothing goes in circles.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))

/** What each room may import from other rooms of the package. A room may always import itself. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  'core/errors.ts': ['core/wire'],
  'core/index.ts': ['core/client', 'core/errors.ts', 'core/wire', 'core/support'],
  'core/support': [],
  'core/wire': ['core/support'],
  'core/tree': ['core/wire', 'core/support'],
  'core/consensus': ['core/support'],
  'core/storage': ['core/support', 'core/consensus', 'core/errors.ts', 'core/peer'],
  'core/replica': ['core/consensus', 'core/peer', 'core/tree', 'core/wire', 'core/support', 'core/errors.ts'],
  'core/peer': ['core/support', 'core/consensus', 'core/errors.ts'],
  'core/server': [
    'core/replica',
    'core/consensus',
    'core/tree',
    'core/wire',
    'core/storage',
    'core/peer',
    'core/admin',
    'core/support',
    'core/errors.ts',
  ],
  'core/client': ['core/wire', 'core/support', 'core/errors.ts'],
  'core/admin': ['core/server', 'core/wire', 'core/support', 'core/errors.ts'],
  'core/cli': ['core/server', 'core/tools', 'core/storage', 'core/client', 'core/index.ts', 'core/admin', 'core/support', 'core/errors.ts'],
  'core/tools': ['core/storage', 'core/consensus', 'core/tree', 'core/wire', 'core/support', 'core/errors.ts'],
  'core/testing': ['core/server', 'core/client', 'core/wire', 'core/support', 'core/errors.ts'],
  recipes: ['core/index.ts'],
}

/** Rooms without clock, randomness, timers, promises or anything of Node; files that are the exception. */
const PURE = ['core/wire', 'core/tree', 'core/consensus', 'core/replica', 'core/storage']
const IMPURE_FILES = new Set(['core/storage/real-disk.ts', 'core/storage/direct-reader.ts', 'core/storage/directory-lock.ts'])
const BANNED_IN_PURE: readonly [RegExp, string][] = [
  [/from 'node:/, 'imports of node:'],
  [/\bDate\.now\b|\bnew Date\b|\bperformance\b/, 'a clock'],
  [/\bMath\.random\b|\bcrypto\b/, 'randomness'],
  [/\bset(Timeout|Interval|Immediate)\b|\bqueueMicrotask\b|\bprocess\./, 'timers or the process'],
  [/\basync\b|\bawait\b|\bnew Promise\b|\bPromise[.<]/, 'promises'],
]

interface Source {
  readonly file: string
  readonly room: string
  readonly code: string
  readonly imports: readonly { readonly specifier: string; readonly typeOnly: boolean }[]
}

function walk(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .filter((file) => !file.includes('/gen/'))
}

function roomOf(file: string): string {
  if (file.startsWith('recipes/')) return 'recipes'
  const [core, next] = file.split('/')
  return next?.endsWith('.ts') === true ? file : `${core}/${next}`
}

/** Comments out, so that prose may name what code may not. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`])\/\/.*$/gm, '$1')
}

function parse(file: string): Source {
  const code = withoutComments(readFileSync(join(root, file), 'utf8'))
  const imports = [
    ...code.matchAll(/^\s*(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|\bimport\('([^']+)'\)/gm),
  ].map((match) => ({ specifier: match[2] ?? match[3] ?? match[4] ?? '', typeOnly: match[1] !== undefined }))
  return { file, room: roomOf(file), code, imports }
}

const sources = [...walk('core'), ...walk('recipes')].map(parse)

function target(source: Source, specifier: string): string | null {
  return specifier.startsWith('.') ? relative(root, resolve(root, dirname(source.file), specifier)) : null
}

function offences(check: (source: Source) => Iterable<string>): string[] {
  return sources.flatMap((source) => [...check(source)].map((what) => `${source.file}: ${what}`))
}

describe('the rooms', () => {
  it('are all known', () => {
    expect(sources.length).toBeGreaterThan(50)
    expect([...new Set(sources.map(({ room }) => room))].filter((room) => !(room in MAY_IMPORT))).toEqual([])
  })

  it('import downward only', () => {
    const found = offences(function* (source) {
      for (const { specifier } of source.imports) {
        const file = target(source, specifier)
        if (file === null) continue
        const room = roomOf(file)
        if (room !== source.room && MAY_IMPORT[source.room]?.includes(room) !== true) yield `may not import ${file}`
      }
    })
    expect(found).toEqual([])
  })

  it('admin sees the server through its read-only view alone', () => {
    const found = offences(function* (source) {
      if (source.room !== 'core/admin') return
      for (const { specifier } of source.imports) {
        const file = target(source, specifier)
        if (file?.startsWith('core/server/') === true && file !== 'core/server/server-view.ts') yield `may not import ${file}`
      }
    })
    expect(found).toEqual([])
  })

  it('recipes use the public client and small packages only', () => {
    const allowed = new Set(['nanoid', 'p-queue', 'node:async_hooks', 'node:diagnostics_channel', 'node:events', 'node:os'])
    const found = offences(function* (source) {
      if (source.room !== 'recipes') return
      for (const { specifier } of source.imports) {
        if (!specifier.startsWith('.') && !allowed.has(specifier)) yield `may not import ${specifier}`
      }
    })
    expect(found).toEqual([])
  })
})

describe('pure rooms', () => {
  it.each(BANNED_IN_PURE.map(([pattern, what]) => ({ pattern, what })))('have no $what', ({ pattern }) => {
    const found = offences(function* (source) {
      if (!PURE.includes(source.room) || IMPURE_FILES.has(source.file)) return
      for (const line of source.code.split('\n')) if (pattern.test(line)) yield line.trim()
    })
    expect(found).toEqual([])
  })
})

describe('everywhere', () => {
  it('a file says its room and its job in its first line', () => {
    const found = sources.filter(({ file }) => {
      const first =
        readFileSync(join(root, file), 'utf8')
          .split('\n')
          .find((line) => !line.startsWith('#!')) ?? ''
      return !/^\/\/ .{15,}/.test(first)
    })
    expect(found.map(({ file }) => file)).toEqual([])
  })

  it('only the command line ends the process or takes its signals', () => {
    const found = offences(function* (source) {
      if (source.room === 'core/cli') return
      if (/\bprocess\.(exit|on|once|abort)\b/.test(source.code)) yield 'process.exit or a signal handler'
    })
    expect(found).toEqual([])
  })

  it('only a public entry gathers exports of others', () => {
    const entries = new Set(['core/index.ts', 'core/server/index.ts', 'core/testing/index.ts', 'recipes/index.ts'])
    const found = offences(function* (source) {
      if (!entries.has(source.file) && /(^|\/)index\.ts$/.test(source.file)) yield 'is a barrel inside a room'
      if (/^export \* from/m.test(source.code)) yield 'export *'
    })
    expect(found).toEqual([])
  })

  it('nothing imports in a circle', () => {
    const graph = new Map(
      sources.map((source) => [
        source.file,
        source.imports.flatMap(({ specifier }) => {
          const file = target(source, specifier)
          return file === null ? [] : [file]
        }),
      ]),
    )
    const done = new Set<string>()
    const circles: string[] = []
    const visit = (file: string, trail: readonly string[]): void => {
      if (trail.includes(file)) {
        circles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '))
        return
      }
      if (done.has(file)) return
      for (const next of graph.get(file) ?? []) visit(next, [...trail, file])
      done.add(file)
    }
    for (const file of graph.keys()) visit(file, [])
    expect(circles).toEqual([])
  })

  it('whoever imports client or recipes loads no server code', () => {
    const byFile = new Map(sources.map((source) => [source.file, source]))
    const loaded = new Set<string>()
    const load = (file: string): void => {
      const source = byFile.get(file)
      if (source === undefined || loaded.has(file)) return
      loaded.add(file)
      for (const { specifier, typeOnly } of source.imports) {
        const next = target(source, specifier)
        if (next !== null && !typeOnly) load(next)
      }
    }
    load('core/index.ts')
    load('recipes/index.ts')
    expect(loaded.size).toBeGreaterThan(10)
    expect([...loaded].filter((file) => /^core\/(server|replica|tree|consensus|storage|peer|admin|cli|testing)\//.test(file))).toEqual([])
  })
})
