// The statuses of a client as an automaton: whatever the network does, one follows another only along these lines.

import { expect, it } from 'vitest'
import type { Client, ClientStatus } from '../../core/index.ts'
import { SeededRandom } from '../../core/support/random.ts'
import { startTestServer, type TestServer } from '../../core/testing/index.ts'
import { Fixture, reaches, until } from './support.ts'

const fixture = new Fixture()
const SESSION_TIMEOUT_MS = 600
const STEPS = 24

type State = 'connected' | 'suspended' | 'deadline' | 'expired' | 'closed'

/**
 *   connected -> suspended | deadline | expired         (a connection that acknowledges nothing ends the belief, too)
 *   suspended -> connected (resumed) | deadline | expired
 *   deadline  -> connected (resumed) | expired
 *   expired   -> connected (new)
 */
const NEXT: Readonly<Record<State, readonly State[]>> = {
  connected: ['suspended', 'deadline', 'expired', 'closed'],
  suspended: ['connected', 'deadline', 'expired', 'closed'],
  deadline: ['connected', 'expired', 'closed'],
  expired: ['connected', 'closed'],
  closed: [],
}

function stateOf(status: ClientStatus): State {
  switch (status.type) {
    case 'connected':
    case 'suspended':
    case 'closed':
      return status.type
    case 'lost':
      return status.reason
    case 'connecting':
    case 'readOnly':
    case 'authFailed':
      throw new Error(`no place for ${status.type} here`)
  }
}

/** What the network and the ensemble can do to a client; each ends with the client attached. */
const STEPS_OF_FATE: readonly ((server: TestServer, client: Client) => Promise<void>)[] = [
  async ({ network }, client) => {
    const connected = reaches(client, 'connected')
    network.cut()
    await connected
  },
  async ({ network }, client) => {
    const suspended = reaches(client, 'suspended')
    network.refuse()
    await suspended
    const connected = reaches(client, 'connected')
    network.accept()
    await connected
  },
  async (server, client) => {
    const { session } = client
    await server.expire(client)
    await until('the next session', () => client.session.id !== session.id && client.status.type === 'connected')
  },
  async (server, client) => {
    const { session } = client
    const lost = reaches(client, 'lost')
    server.network.refuse()
    await server.expire(client)
    await lost
    server.network.accept()
    await until('the next session', () => client.session.id !== session.id && client.status.type === 'connected')
  },
  async ({ network }, client) => {
    const lost = reaches(client, 'lost')
    network.hold()
    await lost
    network.cut()
    network.release()
    await until('attached', () => client.status.type === 'connected')
  },
]

it.each([1, 2])('G-17: a status follows another only where it can, and says what is so in that moment (seed %i)', async (seed) => {
  const server = await startTestServer()
  fixture.cleanup(() => server.close())
  const client = await fixture.client(server.connectString, { sessionTimeoutMs: SESSION_TIMEOUT_MS, backoff: () => 1 })
  let state: State = stateOf(client.status)
  expect(state).toBe('connected')
  let sessionId = client.session.id
  const wrong: string[] = []
  const seen = new Set<string>()
  client.on('status', (status) => {
    const next = stateOf(status)
    seen.add(`${state} ${next}`)
    if (!NEXT[state].includes(next)) wrong.push(`${state} -> ${next}`)
    if (status !== client.status) wrong.push(`${next} is told, ${client.status.type} is so`)
    if (status.type === 'connected') {
      const isResumed = status.session.id === sessionId
      if (status.resumed !== isResumed || isResumed !== (state !== 'expired'))
        wrong.push(`${state} -> connected, resumed: ${status.resumed}`)
      sessionId = status.session.id
    }
    const isBelieved = next === 'connected' || next === 'suspended'
    if ('session' in status && status.session.signal.aborted === isBelieved) wrong.push(`${next} with a signal that says otherwise`)
    state = next
  })
  const random = new SeededRandom(seed)
  for (let step = 0; step < STEPS; step++) {
    await STEPS_OF_FATE[random.below(step % 8 === 7 ? 5 : 4)]?.(server, client)
  }
  await client.close()
  expect(wrong).toEqual([])
  expect(state).toBe('closed')
  expect(seen).toContain('suspended connected')
  expect(seen).toContain('expired connected')
})
