// test: pitfalls of caches, shared values, barriers, queues, partitions and registries, and the tests that show how each is met. A title is given by what it
// begins with.

/** One pitfall: where it is shown, or why it cannot happen here. */
export interface Pitfall {
  readonly id: string
  readonly tests: readonly (readonly [file: string, title: string])[]
  readonly note?: string
}

const CACHES = 'test/recipes/behaviour/caches.test.ts'
const SHARED = 'test/recipes/behaviour/shared.test.ts'
const BARRIERS = 'test/recipes/behaviour/barriers.test.ts'
const QUEUES = 'test/recipes/behaviour/queues.test.ts'
const PARTITIONER = 'test/recipes/behaviour/partitioner.test.ts'
const REGISTRY = 'test/recipes/behaviour/service-registry.test.ts'
const ASSIGNMENT = 'test/recipes/assignment.test.ts'
const GROUP = 'test/recipes/group.test.ts'

export const PITFALLS: readonly Pitfall[] = [
  {
    id: 'P-01',
    tests: [
      [SHARED, 'P-01, P-06, G-07'],
      [GROUP, 'P-01, P-06'],
    ],
  },
  {
    id: 'P-02',
    tests: [
      [SHARED, 'G-07, P-02'],
      [GROUP, 'G-07, P-02'],
    ],
  },
  { id: 'P-03', tests: [[SHARED, 'P-03, G-08']] },
  {
    id: 'P-04',
    tests: [
      [SHARED, 'P-04'],
      [REGISTRY, 'T-04, P-04'],
      [GROUP, 'P-04'],
    ],
  },
  {
    id: 'P-06',
    tests: [
      [SHARED, 'P-01, P-06'],
      [GROUP, 'P-01, P-06'],
    ],
  },
  { id: 'P-08', tests: [], note: 'no recipe uses TTL znodes: presence is an ephemeral znode, folders are containers' },
  { id: 'P-09', tests: [[SHARED, 'P-09']] },
  { id: 'B-01', tests: [[BARRIERS, 'B-01, B-01b']] },
  { id: 'B-01b', tests: [[BARRIERS, 'B-01, B-01b']] },
  { id: 'B-02', tests: [[BARRIERS, 'B-02, B-04']] },
  { id: 'B-03', tests: [[BARRIERS, 'B-03']] },
  { id: 'B-04', tests: [[BARRIERS, 'B-02, B-04']] },
  { id: 'B-05', tests: [[BARRIERS, 'B-05']] },
  { id: 'B-06', tests: [], note: 'watches are armed anew for each look, of entering and of leaving apart (recipes/support/look-until.ts)' },
  { id: 'B-07', tests: [[BARRIERS, 'B-07']] },
  { id: 'B-08', tests: [[BARRIERS, 'B-08']] },
  { id: 'B-09', tests: [[BARRIERS, 'B-09']] },
  {
    id: 'V-01',
    tests: [
      [SHARED, 'V-01, G-11'],
      [SHARED, 'V-01: says that it does not know'],
    ],
  },
  { id: 'V-02', tests: [[SHARED, 'V-02, V-03']] },
  {
    id: 'V-03',
    tests: [
      [SHARED, 'V-03, V-04'],
      [SHARED, 'V-02, V-03'],
    ],
  },
  {
    id: 'V-04',
    tests: [
      [SHARED, 'V-03, V-04'],
      [SHARED, 'V-04'],
    ],
  },
  {
    id: 'V-05',
    tests: [],
    note: 'a counter is never locked: changes of one process leave as one write, and who was slower pauses at random',
  },
  { id: 'V-06', tests: [[SHARED, 'V-06']] },
  { id: 'V-07', tests: [[SHARED, 'V-07']] },
  { id: 'C-01', tests: [[CACHES, 'C-01']] },
  {
    id: 'C-02',
    tests: [
      [CACHES, 'C-02, G-12'],
      [CACHES, 'is complete and right whichever message'],
    ],
  },
  { id: 'C-03', tests: [[CACHES, 'C-03, C-07']] },
  { id: 'C-04', tests: [[CACHES, 'C-04']] },
  { id: 'C-05', tests: [[CACHES, 'C-05, C-13']] },
  { id: 'C-06', tests: [['test/recipes/tree-cache-size.test.ts', 'C-06']] },
  { id: 'C-07', tests: [[CACHES, 'C-03, C-07']] },
  { id: 'C-08', tests: [[CACHES, 'C-08']] },
  { id: 'C-09', tests: [[CACHES, 'C-09, C-11']] },
  { id: 'C-10', tests: [[CACHES, 'C-10']] },
  { id: 'C-11', tests: [[CACHES, 'C-09, C-11']] },
  { id: 'C-12', tests: [[CACHES, 'C-12']] },
  { id: 'C-13', tests: [[CACHES, 'C-05, C-13']] },
  {
    id: 'Q-01',
    tests: [
      [QUEUES, 'Q-01, Q-05'],
      [QUEUES, 'Q-01: the servers refuse'],
    ],
  },
  {
    id: 'Q-02',
    tests: [[QUEUES, 'gives back in the old place']],
    note: 'the version of the item is the count of attempts; its name never changes',
  },
  { id: 'Q-03', tests: [[QUEUES, 'Q-03']] },
  { id: 'Q-03b', tests: [[QUEUES, 'Q-03b, Q-04']] },
  { id: 'Q-04', tests: [[QUEUES, 'Q-03b, Q-04']] },
  { id: 'Q-05', tests: [[QUEUES, 'Q-01, Q-05']] },
  { id: 'Q-06', tests: [[QUEUES, 'Q-06, Q-09']] },
  { id: 'Q-07', tests: [[QUEUES, 'Q-07']] },
  { id: 'Q-08', tests: [[QUEUES, 'Q-08']] },
  { id: 'Q-09', tests: [[QUEUES, 'Q-06, Q-09']], note: 'approximate, as the guide says' },
  { id: 'Q-10', tests: [[QUEUES, 'Q-10']] },
  {
    id: 'T-01',
    tests: [
      [PARTITIONER, 'T-01: spreads'],
      [PARTITIONER, 'T-01: nobody'],
      [PARTITIONER, 'T-01: a member'],
      [ASSIGNMENT, 'T-01: moves'],
    ],
  },
  { id: 'T-02', tests: [[PARTITIONER, 'T-02']] },
  { id: 'T-03', tests: [], note: 'no recipe has a lease by wall clock' },
  {
    id: 'T-04',
    tests: [
      [REGISTRY, 'T-04, P-04'],
      [REGISTRY, 'T-04: a payload'],
    ],
  },
  { id: 'T-05', tests: [], note: 'there is no recipe for migrations' },
]
