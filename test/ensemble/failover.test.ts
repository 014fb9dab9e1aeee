// Servers of an ensemble as real processes are killed, stopped, paused and started again under load. Clients of the others notice nothing.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Client, type ClientStatus, connect } from 'zoarium'
import { EnsembleProcesses } from './ensemble-processes.ts'
import { Load } from './load.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoarium-failover-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** Clients of each of the servers. */
function clientsOf(ensemble: EnsembleProcesses, ids: readonly number[]): Promise<Client[]> {
  return Promise.all(ids.map((id) => connect(ensemble.addressOf(id))))
}

/** How often a client lost its connection, from now on. */
function disconnects(client: Client): { count: number } {
  const seen = { count: 0 }
  void (async () => {
    for await (const { type } of client.statuses()) if (type === 'suspended') seen.count += 1
  })()
  return seen
}

async function nextStatus(client: Client, wanted: ClientStatus['type']): Promise<void> {
  for await (const { type } of client.statuses()) if (type === wanted) return
}

describe('three processes under load', () => {
  it('kill -9 of the leader: clients of the others see no error and keep their connections; nothing acknowledged is lost', async () => {
    await using ensemble = await EnsembleProcesses.start(3, folder)
    for (let round = 0; round < 3; round++) {
      const leader = await ensemble.leaderKnown()
      const survivors = ensemble.ids.filter((id) => id !== leader)
      const clients = await clientsOf(ensemble, survivors)
      const lost = clients.map(disconnects)
      const loads = await Promise.all(clients.map((client, i) => Load.start(client, `/round-${round}-${i}`)))
      await Promise.all(loads.map((load) => load.acknowledged(50)))
      await ensemble.kill(leader)
      await Promise.all(loads.map((load) => load.acknowledged(50)))
      for (const load of loads) await load.stop()
      expect(loads.flatMap(({ errors }) => errors)).toEqual([])
      expect(lost.map(({ count }) => count)).toEqual([0, 0])
      for (const [i, load] of loads.entries()) await load.verify(clients[1 - i] as Client)
      await ensemble.start(leader)
      const back = await connect(ensemble.addressOf(leader))
      for (const load of loads) await load.verify(back)
      await Promise.all([...clients, back].map((client) => client.close()))
    }
  })

  it('a rolling restart of all servers costs no client an error', async () => {
    await using ensemble = await EnsembleProcesses.start(3, folder)
    const clients = await Promise.all(ensemble.ids.map(() => connect(ensemble.connectString)))
    const loads = await Promise.all(clients.map((client, i) => Load.start(client, `/load-${i}`)))
    for (const id of ensemble.ids) {
      await Promise.all(loads.map((load) => load.acknowledged(30)))
      await ensemble.stop(id)
      await Promise.all(loads.map((load) => load.acknowledged(30)))
      await ensemble.start(id)
    }
    for (const load of loads) await load.stop()
    expect(loads.flatMap(({ errors }) => errors)).toEqual([])
    for (const [i, load] of loads.entries()) await load.verify(clients[(i + 1) % 3] as Client)
    await Promise.all(clients.map((client) => client.close()))
  })

  it('kill -9 of each server in turn: what was acknowledged to whomever is there, and each write once', async () => {
    await using ensemble = await EnsembleProcesses.start(3, folder)
    const clients = await Promise.all(ensemble.ids.map(() => connect(ensemble.connectString)))
    const loads = await Promise.all(clients.map((client, i) => Load.start(client, `/load-${i}`)))
    for (const id of ensemble.ids) {
      await Promise.all(loads.map((load) => load.acknowledged(30)))
      await ensemble.kill(id)
      await Promise.all(loads.map((load) => load.acknowledged(30)))
      await ensemble.start(id)
    }
    for (const load of loads) await load.stop()
    // Whose server was killed may not know what became of the writes that were under way: nothing else may have gone wrong.
    expect(loads.flatMap(({ errors }) => errors).filter(({ code }) => code !== 'ERR_UNKNOWN_OUTCOME')).toEqual([])
    for (const [i, load] of loads.entries()) await load.verify(clients[(i + 1) % 3] as Client)
    await Promise.all(clients.map((client) => client.close()))
  })
})

describe('no client believes longer than the ensemble', () => {
  const TIMEOUT_MS = 5500

  it.each(['leader', 'follower'] as const)('SIGSTOP of the %s that it is connected to, right after an answer', async (which) => {
    await using ensemble = await EnsembleProcesses.start(3, folder)
    const leader = await ensemble.leaderKnown()
    const paused = which === 'leader' ? leader : (ensemble.ids.find((id) => id !== leader) as number)
    const other = ensemble.ids.find((id) => id !== paused) as number
    // It knows one server only: there is nobody else to keep its session alive.
    const client = await connect(ensemble.addressOf(paused), { sessionTimeoutMs: TIMEOUT_MS })
    await client.create('/mine', '', { mode: 'ephemeral' })
    const watcher = await connect(ensemble.addressOf(other))
    await watcher.sync('/')
    let believedUntilMs = 0
    client.session.signal.addEventListener('abort', () => (believedUntilMs = performance.now()), { once: true })
    const gone = new Promise<number>((resolve) => {
      void watcher.exists('/mine', { watch: ({ type }) => type === 'deleted' && resolve(performance.now()) })
    })
    await client.exists('/mine')
    ensemble.signal(paused, 'SIGSTOP')
    const goneAtMs = await gone
    expect(believedUntilMs).toBeGreaterThan(0)
    expect(believedUntilMs).toBeLessThan(goneAtMs)
    // On waking it answers nothing of what it knew before.
    const ended = nextStatus(client, 'connected')
    ensemble.signal(paused, 'SIGCONT')
    await ended
    expect(client.session.signal.aborted).toBe(false)
    expect(await watcher.exists('/mine')).toBeNull()
    await Promise.all([client.close(), watcher.close()])
  })
})
