// Runs as `node --import`: loads the consensus room with the mutant that CONSENSUS_MUTANT names. The patched source is compiled in memory; neither the
// tree nor dist/ is touched.
import { readFileSync } from 'node:fs'
import { type LoadFnOutput, type LoadHookContext, register } from 'node:module'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'
import { MUTANTS, type Mutant } from './mutants.ts'

/** dist/test/consensus/campaign/ -> the package. */
const ROOT = new URL('../../../../', import.meta.url)

/** The source with the mutant in it. */
export function mutated(source: string, mutant: Mutant): string {
  const parts = source.split(mutant.piece)
  if (parts.length !== 2) throw new Error(`mutant ${mutant.name}: its piece is ${parts.length - 1} times in ${mutant.file}, expected once`)
  return parts.join(mutant.instead)
}

function wanted(): Mutant | null {
  const { CONSENSUS_MUTANT } = process.env
  if (CONSENSUS_MUTANT === undefined) return null
  const mutant = MUTANTS.find(({ name }) => name === CONSENSUS_MUTANT)
  if (mutant === undefined) {
    throw new Error(`CONSENSUS_MUTANT wants one of ${MUTANTS.map(({ name }) => name).join(', ')}, got "${CONSENSUS_MUTANT}"`)
  }
  return mutant
}

type NextLoad = (url: string, context: LoadHookContext) => Promise<LoadFnOutput> | LoadFnOutput

/** The hook itself, on Node's thread for hooks. */
export async function load(url: string, context: LoadHookContext, nextLoad: NextLoad): Promise<LoadFnOutput> {
  const mutant = wanted()
  if (mutant === null || url !== new URL(`dist/core/consensus/${mutant.file.replace(/\.ts$/, '.js')}`, ROOT).href)
    return nextLoad(url, context)
  const source = readFileSync(fileURLToPath(new URL(`core/consensus/${mutant.file}`, ROOT)), 'utf8')
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

if (isMainThread && wanted() !== null) {
  register(import.meta.url)
}
