// Every ts block of the README, the guides and the TSDoc examples compiles against the public entries, and imports nothing else.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const ENTRIES: Record<string, string> = {
  zoarium: 'core/index.ts',
  'zoarium/recipes': 'recipes/index.ts',
  'zoarium/server': 'core/server/index.ts',
  'zoarium/testing': 'core/testing/index.ts',
}

/** What a reader has beside this package. */
const OTHERS: ReadonlySet<string> = new Set(['zod', 'vitest', 'protobufjs'])

interface Snippet {
  /** `docs/guide/locks.md:12`. */
  readonly name: string
  readonly code: string
}

function files(folder: string, extension: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(extension))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .filter((file) => !file.includes('/gen/') && !file.startsWith('docs/api/'))
}

function snippetsOf(file: string, isComment: boolean): Snippet[] {
  const found: Snippet[] = []
  let code: string[] | null = null
  let start = 0
  for (const [i, line] of readFileSync(join(root, file), 'utf8').split('\n').entries()) {
    const text = isComment ? line.replace(/^\s*\* ?/, '') : line
    if (code === null) {
      if (/^```(ts|typescript)\s*$/.test(text)) {
        code = []
        start = i + 1
      }
    } else if (text.startsWith('```')) {
      found.push({ name: `${file}:${start}`, code: code.join('\n') })
      code = null
    } else code.push(text)
  }
  return found
}

const snippets = [
  ...snippetsOf('README.md', false),
  ...['docs/guide', 'docs/operations'].flatMap((folder) => files(folder, '.md')).flatMap((file) => snippetsOf(file, false)),
  ...['core', 'recipes'].flatMap((folder) => files(folder, '.ts')).flatMap((file) => snippetsOf(file, true)),
]

/** Compiles all snippets as modules of one program; returns what the compiler says, by snippet. */
function compile(): Map<string, string[]> {
  const config = ts.parseJsonConfigFileContent(ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config, ts.sys, root)
  const options: ts.CompilerOptions = {
    ...config.options,
    noEmit: true,
    declaration: false,
    declarationMap: false,
    isolatedDeclarations: false,
    noUnusedLocals: false,
    paths: Object.fromEntries(Object.entries(ENTRIES).map(([name, file]) => [name, [join(root, file)]])),
  }
  const host = ts.createCompilerHost(options)
  const byFile = new Map(snippets.map((snippet, i) => [join(root, `snippet-${i}.ts`), snippet]))
  const { getSourceFile, fileExists, readFile } = host
  const text = (file: string): string | undefined => {
    const snippet = byFile.get(file)
    return snippet === undefined ? undefined : `${snippet.code}\nexport {}\n`
  }
  host.fileExists = (file) => byFile.has(file) || fileExists(file)
  host.readFile = (file) => text(file) ?? readFile(file)
  host.getSourceFile = (file, version, ...rest) => {
    const code = text(file)
    return code === undefined ? getSourceFile(file, version, ...rest) : ts.createSourceFile(file, code, version)
  }
  const program = ts.createProgram([...byFile.keys()], options, host)
  const problems = new Map<string, string[]>()
  for (const [file, { name }] of byFile) {
    const source = program.getSourceFile(file)
    const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
    problems.set(
      name,
      found.map(({ messageText, start }) => {
        const line = source === undefined || start === undefined ? 0 : source.getLineAndCharacterOfPosition(start).line + 1
        return `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
      }),
    )
  }
  return problems
}

describe('code in documents', () => {
  it('is found', () => {
    expect(snippets.length).toBeGreaterThan(10)
  })

  it('imports the public entries and Node alone', () => {
    const strange = snippets.flatMap(({ name, code }) =>
      [...code.matchAll(/from '([^']+)'/g)]
        .map((match) => match[1] ?? '')
        .filter((specifier) => !(specifier in ENTRIES) && !specifier.startsWith('node:') && !OTHERS.has(specifier))
        .map((specifier) => `${name}: ${specifier}`),
    )
    expect(strange).toEqual([])
  })

  it('compiles', { timeout: 120_000 }, () => {
    const problems = [...compile()].filter(([, found]) => found.length > 0).map(([name, found]) => `${name}: ${found.join('; ')}`)
    expect(problems).toEqual([])
  })
})
