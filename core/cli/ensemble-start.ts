// cli: `zoarium ensemble start`: server processes on this machine, watched over until a signal comes.
//
//   folder -> processes -> all serve, one leads: "ready" -> (one dies: told, started again after a second)* -> signal -> followers, then the leader

import { setTimeout as delay } from 'node:timers/promises'
import { requestEnsemble } from '../admin/admin-client.ts'
import { readAdminFile } from '../admin/admin-file.ts'
import type { EnsembleView } from '../server/server-view.ts'
import { type ChildEnd, EnsembleChild } from './ensemble-child.ts'
import { type EnsembleEvent, tellEvent } from './ensemble-events.ts'
import type { EnsembleStartFlags } from './ensemble-flags.ts'
import { ExitCode } from './exit-codes.ts'
import { type LocalServer, localEnsemble } from './local-ensemble.ts'
import { endsWithin, stopRequested } from './shutdown.ts'
import { toolEnd } from './tool-end.ts'

const RESTART_MS = 1000
const LOOK_MS = 500
const PATIENCE_MS = 5000
/** A server gives up after 10 s by itself; the followers end before the leader. */
const STOP_LIMIT_MS = 12_000

export function startAction(flags: EnsembleStartFlags): Promise<number> {
  return toolEnd(async () => {
    const servers = await localEnsemble(flags)
    return new Playground(servers, flags).run()
  })
}

class Playground {
  readonly #servers: readonly LocalServer[]
  readonly #flags: EnsembleStartFlags
  readonly #children = new Map<number, EnsembleChild>()
  readonly #stopping = new AbortController()
  /** Server that leads, 0 while none is known, and its term. */
  #leader = { serverId: 0, term: 0 }
  #ready = false
  #end: (code: number) => void = () => {}
  /** Settles when there is nothing more to watch over: servers that cannot start, or all of them dead. */
  readonly #ended = new Promise<number>((resolve) => {
    this.#end = resolve
  })

  constructor(servers: readonly LocalServer[], flags: EnsembleStartFlags) {
    this.#servers = servers
    this.#flags = flags
  }

  async run(): Promise<number> {
    const stop = stopRequested()
    // A second signal, or a bug, ends this process at once: nobody would watch over the servers any more.
    process.on('exit', () => this.#killAll())
    for (const server of this.#servers) this.#start(server)
    const watching = this.#watchLeader()
    const end = await Promise.race([stop, this.#ended])
    if (typeof end === 'string') this.#tell({ event: 'stopping', signal: end })
    this.#stopping.abort()
    const orderly = await this.#stopAll()
    await watching
    this.#tell({ event: 'stopped', dir: this.#flags.dir, orderly })
    if (typeof end === 'number') return end
    return orderly ? ExitCode.ok : ExitCode.shutdownTimedOut
  }

  #tell(event: EnsembleEvent): void {
    tellEvent(event, this.#flags.json === true)
  }

  #start(server: LocalServer): void {
    const child = new EnsembleChild(server, {
      listening: ({ pid }) => {
        this.#tell({ event: 'listening', server: server.id, pid })
        this.#tellIfReady()
      },
      ended: (_child, end) => this.#childEnded(server, end),
    })
    this.#children.set(server.id, child)
    this.#tell({ event: 'started', server: server.id, pid: child.pid, connectString: connectStringOf(server), log: server.logFile })
  }

  #childEnded(server: LocalServer, { pid, code, signal, served }: ChildEnd): void {
    if (this.#stopping.signal.aborted) return
    // Whoever refuses to start says why in its log, and would do so again and again.
    const refused = !served && code !== null && code !== ExitCode.ok
    const restarts = this.#flags.restart && !refused
    this.#tell({ event: 'died', server: server.id, pid, code, signal, restarts, log: server.logFile })
    if (restarts) void this.#startLater(server)
    else if (refused && !this.#ready) this.#end(code)
    else if ([...this.#children.values()].every(({ alive }) => !alive)) this.#end(ExitCode.noQuorum)
  }

  async #startLater(server: LocalServer): Promise<void> {
    try {
      await delay(RESTART_MS, undefined, { signal: this.#stopping.signal })
    } catch {
      return // Stopping: nothing is started any more.
    }
    this.#start(server)
  }

  // ---- who leads

  async #watchLeader(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      const view = await this.#ask()
      if (view !== null) this.#heardOfLeader(view.leaderId, view.term)
      await delay(LOOK_MS, undefined, { signal: this.#stopping.signal }).catch(() => {})
    }
  }

  #heardOfLeader(serverId: number, term: number): void {
    const child = this.#children.get(serverId)
    if (child === undefined || !child.alive || (serverId === this.#leader.serverId && term === this.#leader.term)) return
    this.#leader = { serverId, term }
    if (this.#ready) this.#tell({ event: 'leader', server: serverId, pid: child.pid, term })
    else this.#tellIfReady()
  }

  /** What the first server that answers and is in contact knows; `null` when there is none. */
  async #ask(): Promise<EnsembleView | null> {
    for (const { server, listening, alive } of this.#children.values()) {
      if (!listening || !alive) continue
      try {
        const endpoint = await readAdminFile(server.dataDir)
        if (endpoint === null) continue
        const patience = AbortSignal.any([AbortSignal.timeout(PATIENCE_MS), this.#stopping.signal])
        const view = await requestEnsemble(endpoint, patience)
        if (view?.inContact === true) return view
      } catch {
        // It ends, or hangs: the next one is asked.
      }
    }
    return null
  }

  #tellIfReady(): void {
    const children = [...this.#children.values()]
    const alone = this.#servers.length === 1
    if (this.#ready || children.length < this.#servers.length || !children.every(({ listening }) => listening)) return
    if (!alone && this.#leader.serverId === 0) return
    const leader = alone ? children[0] : this.#children.get(this.#leader.serverId)
    this.#ready = true
    this.#tell({
      event: 'ready',
      connectString: this.#servers.map(connectStringOf).join(','),
      dir: this.#flags.dir,
      leader: leader?.server.id ?? 0,
      leaderPid: leader?.pid ?? 0,
      servers: children.map(({ server, pid }) => ({ server: server.id, pid, connectString: connectStringOf(server) })),
    })
  }

  // ---- the end

  /** Followers first, so that nobody is elected in between. Whether all ended by themselves. */
  async #stopAll(): Promise<boolean> {
    const children = [...this.#children.values()]
    const leading = ({ server }: EnsembleChild): boolean => server.id === this.#leader.serverId
    const followers = children.filter((child) => !leading(child))
    const first = await stopped(followers)
    const second = await stopped(children.filter(leading))
    return first && second
  }

  #killAll(): void {
    for (const child of this.#children.values()) if (child.alive) child.kill()
  }
}

async function stopped(children: readonly EnsembleChild[]): Promise<boolean> {
  for (const child of children) child.stop()
  const gone = Promise.all(children.map(({ exited }) => exited)).then(() => {})
  const orderly = await endsWithin(gone, STOP_LIMIT_MS)
  for (const child of children) if (child.alive) child.kill()
  await gone
  return orderly
}

function connectStringOf({ port }: LocalServer): string {
  return `127.0.0.1:${port}`
}
