// Runs as `node --import`: loads core/ with the mutant that SIMULATION_MUTANT names.
import type { LoadFnOutput, LoadHookContext } from 'node:module'
import { loadMutant, type NextLoad, registerMutant } from '../support/mutants.ts'
import { MUTANTS } from './mutants.ts'

const VARIABLE = 'SIMULATION_MUTANT'

export function load(url: string, context: LoadHookContext, nextLoad: NextLoad): Promise<LoadFnOutput> {
  return loadMutant({ variable: VARIABLE, mutants: MUTANTS, room: 'core' }, url, context, nextLoad)
}

registerMutant(import.meta.url, VARIABLE, MUTANTS)
