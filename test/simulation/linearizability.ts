// Whether what clients saw of a register could have happened one after the other, each operation between its call and its return (Wing & Gong, with the
// memory of Lowe). Nothing of it looks at zxids: only at what was asked, what was answered, and when.
//
//   create v   there was none, or NODEEXISTS          set v        version + 1, or NONODE
//   cas n v    the version was n, or BADVERSION       read         a sync and the read behind it, from the call of the first to the return of the second
//
// An operation whose outcome is not known may have happened at any time after its call, or never.

import { ErrorCode } from '../../core/wire/error-codes.ts'

export type RegisterOp =
  | { readonly type: 'create'; readonly value: string }
  | { readonly type: 'set'; readonly value: string }
  | { readonly type: 'cas'; readonly value: string; readonly version: number }
  | { readonly type: 'read' }

export interface RegisterResult {
  readonly err: number
  /** After the operation, where the reply tells. */
  readonly version: number | null
  /** Of a read. */
  readonly value: string | null
}

interface RegisterState {
  readonly version: number
  readonly value: string
}

export interface RegisterCall {
  readonly path: string
  readonly op: RegisterOp
  readonly calledAt: number
  returnedAt: number
  result: RegisterResult | null
}

/** After so many steps of the search a history is left undecided. */
const MAX_STEPS = 200_000

export class RegisterHistories {
  readonly #calls = new Map<string, RegisterCall[]>()
  #now = 0

  call(path: string, op: RegisterOp): RegisterCall {
    const call: RegisterCall = { path, op, calledAt: this.#now++, returnedAt: Number.POSITIVE_INFINITY, result: null }
    const calls = this.#calls.get(path)
    if (calls === undefined) this.#calls.set(path, [call])
    else calls.push(call)
    return call
  }

  returned(call: RegisterCall, result: RegisterResult): void {
    call.returnedAt = this.#now++
    call.result = result
  }

  /** It had no effect and tells nothing. */
  forget(call: RegisterCall): void {
    const calls = this.#calls.get(call.path)
    calls?.splice(calls.indexOf(call), 1)
  }

  get size(): number {
    let size = 0
    for (const calls of this.#calls.values()) size += calls.length
    return size
  }

  /** The register whose history is impossible; `undecided` counts those that would take too long. */
  check(): { readonly impossible: string | null; readonly undecided: number } {
    let undecided = 0
    for (const [path, calls] of this.#calls) {
      const relevant = calls.filter(({ op, result }) => op.type !== 'read' || result !== null)
      const verdict = isLinearizable(relevant)
      if (verdict === false) return { impossible: path, undecided }
      if (verdict === null) undecided += 1
    }
    return { impossible: null, undecided }
  }
}

/** `null`: it would take too long to say. */
export function isLinearizable(calls: readonly RegisterCall[]): boolean | null {
  const search = new Search([...calls].sort((a, b) => a.calledAt - b.calledAt))
  return search.run()
}

class Search {
  readonly #calls: readonly RegisterCall[]
  readonly #done: boolean[]
  readonly #visited = new Set<string>()
  #left: number
  #steps = 0

  constructor(calls: readonly RegisterCall[]) {
    this.#calls = calls
    this.#done = calls.map(() => false)
    this.#left = calls.filter(({ result }) => result !== null).length
  }

  run(): boolean | null {
    const found = this.#from(0, null)
    return found || this.#steps <= MAX_STEPS ? found : null
  }

  // Everything before `first` is done.
  #from(first: number, state: RegisterState | null): boolean {
    if (this.#left === 0) return true
    if (++this.#steps > MAX_STEPS) return false
    let start = first
    while (this.#done[start] === true) start += 1
    const key = this.#key(start, state)
    if (this.#visited.has(key)) return false
    this.#visited.add(key)
    // Whoever is called after the first return of all that are left comes after it.
    let bound = Number.POSITIVE_INFINITY
    for (let at = start; at < this.#calls.length; at++) {
      const call = this.#calls[at] as RegisterCall
      if (call.calledAt > bound) break
      if (this.#done[at] === true) continue
      bound = Math.min(bound, call.returnedAt)
      const next = stepped(state, call)
      if (next === undefined) continue
      if (this.#take(at, call, start, next)) return true
    }
    return false
  }

  #take(at: number, call: RegisterCall, start: number, next: RegisterState | null): boolean {
    const known = call.result !== null
    this.#done[at] = true
    if (known) this.#left -= 1
    if (this.#from(start, next)) return true
    this.#done[at] = false
    if (known) this.#left += 1
    return false
  }

  #key(start: number, state: RegisterState | null): string {
    let last = this.#calls.length
    while (last > start && this.#done[last - 1] !== true) last -= 1
    let bits = ''
    for (let at = start; at < last; at++) bits += this.#done[at] === true ? '1' : '0'
    return `${start}:${bits}:${state === null ? '' : `${state.version}:${state.value}`}`
  }
}

/** The state after the call, `undefined` if its answer does not fit. A call of unknown outcome did what it could. */
function stepped(state: RegisterState | null, { op, result }: RegisterCall): RegisterState | null | undefined {
  const fits = (err: number, after: RegisterState | null): RegisterState | null | undefined => {
    if (result === null) return after
    if (result.err !== err) return undefined
    if (err !== ErrorCode.ok || after === null) return after
    if (result.version !== null && result.version !== after.version) return undefined
    return result.value !== null && result.value !== after.value ? undefined : after
  }
  switch (op.type) {
    case 'create':
      return state === null ? fits(ErrorCode.ok, { version: 0, value: op.value }) : fits(ErrorCode.nodeExists, state)
    case 'set':
      return state === null ? fits(ErrorCode.noNode, null) : fits(ErrorCode.ok, { version: state.version + 1, value: op.value })
    case 'cas':
      if (state === null) return fits(ErrorCode.noNode, null)
      if (state.version !== op.version) return fits(ErrorCode.badVersion, state)
      return fits(ErrorCode.ok, { version: state.version + 1, value: op.value })
    case 'read':
      return state === null ? fits(ErrorCode.noNode, null) : fits(ErrorCode.ok, state)
  }
}
