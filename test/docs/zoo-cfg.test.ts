import { expect, test } from 'vitest'
import type { ZooKey } from '../../core/server/zoo-key.ts'
import { ZOO_KEYS } from '../../core/server/zoo-keys.ts'
import { expectGenerated } from './generated.ts'

function table(kind: ZooKey['kind'], title: string, column: string): string {
  const rows = Object.entries(ZOO_KEYS).filter(([, key]) => key.kind === kind)
  return [`## ${title}`, '', `| key | ${column} |`, '|---|---|', ...rows.map(([name, { about }]) => `| \`${name}\` | ${about} |`), ''].join(
    '\n',
  )
}

test('the page about zoo.cfg says of every key what the server does with it', async () => {
  const tables = [
    table('honoured', 'Honoured', 'meaning'),
    table('refused', 'Refused', 'what is accepted, and why'),
    table('ignored', 'Ignored', 'why'),
  ]
  expect(Object.values(ZOO_KEYS).every(({ about }) => !about.includes('|'))).toBe(true)
  await expectGenerated('operations/zoo-cfg.md', 'zoo-keys', tables.join('\n'))
})
