// docs/internals/recipe-faults.md: what every recipe does under every fault, made from test/recipes/faults/matrix.ts. UPDATE_DOCS=1 rewrites it.

import { describe, expect, it } from 'vitest'
import { FAULTS, MATRIX, PLAYED, type Proof, type RecipeFaults } from '../recipes/faults/matrix.ts'
import { expectGenerated } from './generated.ts'
import { testTitles } from './titles.ts'

const IDS = /^(?:[A-Z]{1,2}-\d{2}b?(?:, )?)+: /

/** Files by title, without the ids before it. */
const files = new Map<string, string[]>()
for (const { file, title } of testTitles()) {
  const bare = title.replace(IDS, '')
  files.set(bare, [...(files.get(bare) ?? []), file])
}

function cell(proof: Proof): string {
  if ('reason' in proof) return proof.reason
  const shown = proof.tests.map((title) => `\`${files.get(title)?.[0] ?? '?'}\`: ${title.replaceAll('|', '\\|')}`)
  return [...shown, ...(proof.also === undefined ? [] : [proof.also])].join('<br>')
}

function table({ recipe, scenarios, proofs }: RecipeFaults): string {
  const played = scenarios.map((name) => `\`${files.get(name)?.[0] ?? '?'}\`: ${name}`).join('<br>')
  const rows = FAULTS.map((fault) => `| ${fault} | ${cell(proofs[fault])} |`)
  return `## ${recipe}\n\n| fault | tests, or why there are none |\n|---|---|\n| those played at every message | ${played} |\n${rows.join('\n')}`
}

describe('the faults of recipes', () => {
  it('each is shown by tests that exist, or has a reason', () => {
    const titles = MATRIX.flatMap(({ recipe, scenarios, proofs }) => [
      ...scenarios.map((title) => [recipe, title] as const),
      ...FAULTS.flatMap((fault) => ('tests' in proofs[fault] ? proofs[fault].tests.map((title) => [recipe, title] as const) : [])),
    ])
    expect(titles.filter(([, title]) => !files.has(title)).map((one) => one.join(': '))).toEqual([])
    expect(
      MATRIX.flatMap(({ recipe, proofs }) =>
        FAULTS.filter((fault) => 'tests' in proofs[fault] && proofs[fault].tests.length === 0).map((fault) => `${recipe}: ${fault}`),
      ),
    ).toEqual([])
  })

  it('every scenario that is played belongs to a recipe, and is played', () => {
    const played = testTitles().filter(
      ({ file, title }) => file.startsWith('recipes/cuts/') && files.get(title)?.length === 1 && !IDS.test(title) && title !== '',
    )
    const named = new Set(MATRIX.flatMap(({ scenarios }) => scenarios))
    expect(played.map(({ title }) => title).filter((title) => !named.has(title))).toEqual([])
  })

  it('the page is what the matrix says', async () => {
    const common = `| fault | played as |\n|---|---|\n${PLAYED.map(([fault, as]) => `| ${fault} | ${as} |`).join('\n')}`
    await expectGenerated('internals/recipe-faults.md', 'recipe-faults', `${common}\n\n${MATRIX.map(table).join('\n\n')}`)
  })
})
