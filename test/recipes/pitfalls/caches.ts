// Pitfalls of caches and watches (C).

import type { Pitfall } from './pitfall.ts'
import { pitfall } from './pitfall.ts'

export const CACHE_PITFALLS: readonly Pitfall[] = [
  pitfall('C-01', 'a znode that was deleted and made again meanwhile goes unnoticed, since its version is the same'),
  pitfall('C-02', 'a cache that stops after a reconnect, or whose first reading failed silently', {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it stands so in the source.
    titles: ['is complete and right whichever message of the first reading the fault ${fault} strikes'],
  }),
  pitfall('C-03', 'nobody is told that the cache is complete again'),
  pitfall('C-04', 'events twice, or out of order'),
  pitfall('C-05', 'a child that vanishes between list and read keeps the first reading open for ever'),
  pitfall('C-06', 'more children than 16 bits can count'),
  pitfall('C-07', 'a reconnect that reads everything again'),
  pitfall('C-08', 'paths compared by their first characters'),
  pitfall('C-09', 'a watch that dies with its znode, or with what its callback throws'),
  pitfall('C-10', 'a view that mixes moments and does not say which'),
  pitfall('C-11', 'a root that is deleted and made again'),
  pitfall('C-12', 'a cache that grows without a bound'),
  pitfall('C-13', 'changes between the first reading and its watch'),
]
