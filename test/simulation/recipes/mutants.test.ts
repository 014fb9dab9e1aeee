import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { mutated } from '../../support/mutants.ts'
import { MUTANTS } from './mutants.ts'

describe('the mutants of recipes', () => {
  it('have names of their own', () => {
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length)
  })

  it.each(MUTANTS)('$name still has its piece of the source', (mutant) => {
    const source = readFileSync(new URL(`../../../${mutant.room}/${mutant.file}`, import.meta.url), 'utf8')
    expect(mutated(source, mutant)).not.toBe(source)
  })
})
