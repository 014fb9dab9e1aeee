// Pitfalls of queues (Q), partitions, leases, registries and migrations (T), and task queues (J).

import type { Pitfall } from './pitfall.ts'
import { pitfall } from './pitfall.ts'

export const QUEUE_PITFALLS: readonly Pitfall[] = [
  pitfall('Q-01', 'an item that two work at after a session has died'),
  pitfall('Q-02', 'giving an item back changes its name or its place', { titles: ['gives back in the old place, and counts how often'] }),
  pitfall('Q-03', 'a take that sleeps for ever when the folder vanished or a watch was dropped'),
  pitfall('Q-03b', 'a claim whose reply was lost blocks its item'),
  pitfall('Q-04', 'an item that is put twice because its reply was lost'),
  pitfall('Q-05', 'a completion that failed is told as done'),
  pitfall('Q-06', 'a queue too large to be listed'),
  pitfall('Q-07', 'a delay by the clock of whoever takes'),
  pitfall('Q-08', 'a more important item that is passed over because an old list is used'),
  pitfall('Q-09', 'a bound that is only approximate: it is, and the guide says so'),
  pitfall('Q-10', 'an item that takes down everybody who takes it'),
  pitfall('T-01', 'members that compute from different lists, move everything at each change, or fail for ever'),
  pitfall('T-02', 'two members of one name'),
  pitfall('T-03', 'leases by clocks that differ'),
  pitfall('T-04', 'a registry with phantoms, races of registering again, and payloads that take it down'),
  pitfall('T-05', 'a migration without a fence', {
    impossible: 'there is no recipe for migrations; `guard` of a lock puts the check of its znode into the transaction that migrates',
  }),
  pitfall('J-01', 'a task that is done twice since its worker lost it while busy'),
  pitfall('J-02', 'a lease that a busy handler fails to renew', {
    titles: [
      'notice that the process did not run',
      'J-01, MW-05: a worker cut off for longer than its session is aborted and replaced, and its result is refused',
    ],
  }),
  pitfall('J-03', 'a task that takes its workers down, one after the other'),
  pitfall('J-04', 'closing leaves tasks active, or uses up an attempt'),
  pitfall('J-05', 'an id that is forgotten too early', {
    titles: ['J-09: a task that has ended is found again while its result was not collected'],
  }),
  pitfall('J-06', 'work that is acknowledged before it is done', {
    titles: ['whichever request of a worker is the last before a cut, every task has one outcome'],
  }),
  pitfall('J-07', 'a schedule that fires twice when its master changes', { impossible: 'there are no schedules' }),
  pitfall('J-08', 'a master that goes on after it was replaced'),
  pitfall('J-09', 'a submission that is repeated makes a second task'),
  pitfall('J-10', 'two writes that a crash tears apart', {
    titles: [
      'MW-03: whichever request of a master is its last, its successor brings every task to one outcome',
      'whichever request of a worker is the last before a cut, every task has one outcome',
    ],
  }),
  pitfall('J-11', 'progress and logs that flood the store', { impossible: 'handlers cannot write progress or logs through the queue' }),
  pitfall('J-12', 'results that nobody collects fill the store'),
]
