// Seeded bugs: a module of the package with one piece of its source put differently, compiled in memory. Neither the tree nor dist/ is touched.

import { readFileSync } from 'node:fs'
import { type LoadFnOutput, type LoadHookContext, register } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'

export interface Mutant {
  readonly name: string
  /** What it takes away. */
  readonly breaks: string
  /** In the room that the mutants are of. */
  readonly file: string
  readonly piece: string
  readonly instead: string
  /** Further pieces of the same file that must go with it. */
  readonly also?: readonly { readonly piece: string; readonly instead: string }[]
}

export type NextLoad = (url: string, context: LoadHookContext) => Promise<LoadFnOutput> | LoadFnOutput

/** dist/test/support/ -> the package. */
const ROOT = new URL('../../../', import.meta.url)

/** The source with the mutant in it. */
export function mutated(source: string, { name, file, piece, instead, also = [] }: Mutant): string {
  return [{ piece, instead }, ...also].reduce((text, edit) => {
    const parts = text.split(edit.piece)
    if (parts.length !== 2) throw new Error(`mutant ${name}: its piece is ${parts.length - 1} times in ${file}, expected once`)
    return parts.join(edit.instead)
  }, source)
}

/** The mutant that the environment variable names, `null` if it names none. */
function wanted(variable: string, mutants: readonly Mutant[]): Mutant | null {
  const name = process.env[variable]
  if (name === undefined) return null
  const mutant = mutants.find((one) => one.name === name)
  if (mutant === undefined) throw new Error(`${variable} wants one of ${mutants.map((one) => one.name).join(', ')}, got "${name}"`)
  return mutant
}

/** Makes the module at `url` a loader's hook of this process, if the variable names a mutant. On Node's thread for hooks it does nothing. */
export function registerMutant(url: string, variable: string, mutants: readonly Mutant[]): void {
  if (isMainThread && wanted(variable, mutants) !== null) register(url)
}

/** The hook itself, on Node's thread for hooks: `room` as in `core/storage`. */
export async function loadMutant(
  { variable, mutants, room }: { readonly variable: string; readonly mutants: readonly Mutant[]; readonly room: string },
  url: string,
  context: LoadHookContext,
  nextLoad: NextLoad,
): Promise<LoadFnOutput> {
  const mutant = wanted(variable, mutants)
  if (mutant === null || url !== new URL(`dist/${room}/${mutant.file.replace(/\.ts$/, '.js')}`, ROOT).href) return nextLoad(url, context)
  const source = readFileSync(fileURLToPath(new URL(`${room}/${mutant.file}`, ROOT)), 'utf8')
  const { default: typescript } = await import('typescript')
  const { outputText } = typescript.transpileModule(mutated(source, mutant), {
    compilerOptions: {
      target: typescript.ScriptTarget.ES2023,
      module: typescript.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
      rewriteRelativeImportExtensions: true,
    },
  })
  return { format: 'module', shortCircuit: true, source: outputText }
}
