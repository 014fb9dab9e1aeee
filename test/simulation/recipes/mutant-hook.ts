// Runs as `node --import`: loads the package with the mutant that RECIPE_MUTANT names.
import type { LoadFnOutput, LoadHookContext } from 'node:module'
import { loadMutant, type NextLoad, registerMutant } from '../../support/mutants.ts'
import { MUTANTS } from './mutants.ts'

const VARIABLE = 'RECIPE_MUTANT'
const room = MUTANTS.find(({ name }) => name === process.env[VARIABLE])?.room ?? 'recipes'

export function load(url: string, context: LoadHookContext, nextLoad: NextLoad): Promise<LoadFnOutput> {
  return loadMutant({ variable: VARIABLE, mutants: MUTANTS, room }, url, context, nextLoad)
}

registerMutant(import.meta.url, VARIABLE, MUTANTS)
