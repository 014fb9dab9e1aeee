// What the consensus room promises about its own text.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const ROOM = new URL('../../core/consensus/', import.meta.url)
const files = readdirSync(ROOM).map((name) => ({ name, text: readFileSync(new URL(name, ROOM), 'utf8') }))

describe('the consensus room', () => {
  it('changes role, term, vote and leader in roles.ts alone', () => {
    const writes = /\bs\.(role|term|votedFor|leaderId|leadership|heardLeaderMs|timerStartMs|timeoutMs|refusedLeaderAtMs) = /
    const writers = files.filter(({ text }) => writes.test(text)).map(({ name }) => name)
    expect(writers).toEqual(['roles.ts'])
  })

  it('has no file of more than 350 lines', () => {
    expect(files.filter(({ text }) => text.split('\n').length > 350).map(({ name }) => name)).toEqual([])
  })
})
