// Pitfalls of presence (P), barriers (B), counters and shared values (V).

import type { Pitfall } from './pitfall.ts'
import { pitfall } from './pitfall.ts'

export const SHARED_PITFALLS: readonly Pitfall[] = [
  pitfall('P-01', 'a name that grows each time its znode is made anew'),
  pitfall('P-02', 'a znode that is adopted with the data of somebody else'),
  pitfall('P-03', 'closing right after the start leaves a znode'),
  pitfall('P-04', 'a reconnect that deletes and makes anew, and wakes everybody who watches'),
  pitfall('P-05', 'a member that counts itself although it is not registered'),
  pitfall('P-06', 'no joining again after the end of the session'),
  pitfall('P-07', 'a listing that costs one read for each member, each time'),
  pitfall('P-08', 'TTL znodes: their parents dangle, and servers may not know them', {
    impossible: 'no recipe uses TTL znodes: presence is an ephemeral znode, folders are containers',
  }),
  pitfall('P-09', 'a refusal by the access list that nobody hears of'),
  pitfall('P-10', 'no events for who joins, leaves and changes'),
  pitfall('B-01', 'a timed entering that passes on any wake-up'),
  pitfall('B-01b', 'a member that is slow to wake finds others gone already, and waits for ever'),
  pitfall('B-02', 'a timed leaving that never ends'),
  pitfall('B-03', 'entering again after a lost connection or session fails or counts twice'),
  pitfall('B-04', 'who gave up is counted, and a late comer passes alone'),
  pitfall('B-05', 'the mark that says "ready" is counted, and more pass than should'),
  pitfall('B-06', 'one watch for entering and leaving, whose wake-ups are mixed up'),
  pitfall('B-07', 'the mark of the last round lets the next one pass'),
  pitfall('B-08', 'errors that are swallowed, watches that are not armed again'),
  pitfall('B-09', 'a member that dies inside is waited for'),
  pitfall('V-01', 'an increment that is done twice because its reply was lost'),
  pitfall('V-02', 'an old value after a reconnect, and versions taken for an order'),
  pitfall('V-03', 'a znode that was deleted and never comes back'),
  pitfall('V-04', 'empty or foreign data that takes the reader down'),
  pitfall('V-05', 'a lock around the counter that stops everybody, or stays behind'),
  pitfall('V-06', 'numbers beyond what a double can hold'),
  pitfall('V-07', 'an id that is given out twice'),
]
