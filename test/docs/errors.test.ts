// docs/guide/errors.md is generated from the table of codes: UPDATE_DOCS=1 rewrites it.

import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { ERROR_CODES } from '../../core/errors.ts'

const page = fileURLToPath(new URL('../../docs/guide/errors.md', import.meta.url))

function generated(): string {
  const row = ([code, { wireCode, retryable, text }]: [string, { wireCode: number | null; retryable: boolean; text: string }]): string =>
    `| \`${code}\` | ${wireCode ?? ''} | ${retryable ? 'yes' : ''} | ${text} |`
  return `# Errors

Every error of this package is a \`ZoariumError\`. Tell errors apart by \`code\`: \`ZoariumError.is(error, 'NO_NODE')\`. Codes with a number come from the server under that number and
have ZooKeeper's names; the others are this package's own. **Retryable** means that the same call can succeed later without anybody changing anything; it
says nothing about whether a write happened: only \`ERR_UNKNOWN_OUTCOME\` leaves that open.

| code | number | retryable | meaning |
|---|---:|---|---|
${Object.entries(ERROR_CODES).map(row).join('\n')}
`
}

it('the page of errors is what the table of codes says', () => {
  const { UPDATE_DOCS } = process.env
  if (UPDATE_DOCS === '1') writeFileSync(page, generated())
  expect(readFileSync(page, 'utf8')).toBe(generated())
})
