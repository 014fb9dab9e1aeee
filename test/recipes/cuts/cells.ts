// test support: what can happen to a scenario, and at which of its messages.
//
//   cell = one message of the client x what the network does to it x what befalls the client in that moment

import { FAULTS, type Fault } from '../../../core/testing/faults.ts'

/**
 * - `same session`: nothing more;
 * - `new session`: the session has ended when the client is back;
 * - `own znodes deleted`: somebody deletes every ephemeral znode of the client below the scenario's folders;
 * - `own data spoiled`: somebody overwrites their data;
 * - `calls aborted`: the signal that the scenario gives to its calls aborts;
 * - `client closed`: in the midst of it;
 * - `unreachable at first`: the scenario begins while no server answers.
 */
export type Fate =
  | 'same session'
  | 'new session'
  | 'own znodes deleted'
  | 'own data spoiled'
  | 'calls aborted'
  | 'client closed'
  | 'unreachable at first'

export interface Cell {
  readonly fault: Fault
  readonly nth: number
  readonly fate: Fate
}

/** All but those that spoil a reply: what that does to the connection is the client's matter, not a recipe's. */
const DISTURBANCES: readonly Fault[] = FAULTS.filter((fault) => fault !== 'garbageReply' && fault !== 'dripReply')

/** All that is done to one message. */
const KINDS: readonly (readonly [Fate, readonly Fault[]])[] = [
  ['same session', DISTURBANCES],
  ['new session', DISTURBANCES],
  ['own znodes deleted', ['delayReply', 'cutBeforeReply']],
  ['own data spoiled', ['delayReply']],
  ['calls aborted', ['delayRequest', 'delayReply']],
  ['client closed', ['delayRequest', 'delayReply']],
]

const PER_MESSAGE: readonly Omit<Cell, 'nth'>[] = KINDS.flatMap(([fate, faults]) => faults.map((fault) => ({ fault, fate })))

/**
 * All cells take many minutes: usually one in {@link PER_MESSAGE} is played, another one at each message. `RECIPE_CUTS=all` plays them all,
 * `RECIPE_CUTS=2/6` the third of six slices, `RECIPE_CUTS='delayReply 6 own znodes deleted'` that cell alone.
 */
export function cellsOf(scenario: string, messages: number): Cell[] {
  const cells: Cell[] = []
  for (let nth = 1; nth <= messages; nth++) for (const kind of PER_MESSAGE) cells.push({ ...kind, nth })
  const first: Cell = { fault: 'delayReply', nth: 1, fate: 'unreachable at first' }
  const { RECIPE_CUTS = '' } = process.env
  if (RECIPE_CUTS === 'all') return [first, ...cells]
  const slice = /^(\d+)\/(\d+)$/.exec(RECIPE_CUTS)
  if (slice !== null) return cells.filter((_, i) => i % Number(slice[2]) === Number(slice[1]))
  const alone = cells.filter(({ fault, nth, fate }) => RECIPE_CUTS === `${fault} ${nth} ${fate}`)
  if (alone.length > 0) return alone
  // Every kind is met at some message of some scenario: seven is coprime to their number.
  const shift = [...scenario].reduce((sum, letter) => sum + letter.charCodeAt(0), 0)
  const isTurn = (i: number): boolean => i % PER_MESSAGE.length === (shift + 7 * Math.floor(i / PER_MESSAGE.length)) % PER_MESSAGE.length
  return [first, ...cells.filter((_, i) => isTurn(i))]
}
