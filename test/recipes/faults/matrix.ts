// The fault matrix of the recipes: for each recipe and each fault the tests that play it, or why it cannot happen. docs/internals/recipe-faults.md
// is made from it by test/docs/recipe-faults.test.ts, which also checks that the tests exist.
//
// The faults of PLAYED are played by test/recipes/cuts at every message of the recipe's scenarios. Titles are the tests' without the ids before
// them.

/** Where a fault is shown: titles of tests, or a reason why there is nothing to show. */
export type Proof = { readonly tests: readonly string[]; readonly also?: string } | { readonly reason: string }

/** Faults that the generator plays for every recipe, and as what. */
export const PLAYED: readonly (readonly [fault: string, as: string])[] = [
  ['the servers cannot be reached at the start', 'the first call is made while nobody answers'],
  ['cut before a request arrives', '`cutBeforeRequest` at every message'],
  [
    'cut after it was applied, before the reply',
    '`cutAfterRequest`, `cutBeforeReply`, and `cutAfterReply` for what was pipelined behind it',
  ],
  [
    'a request or reply held, delayed beyond the limit',
    '`holdRequest`, `holdReply`: nothing comes, then the connection breaks; `delayRequest`, `delayReply`',
  ],
  ['suspended for less than the session, same session', 'every cut with the same session'],
  ['suspended for longer, new session', 'every cut with a new session'],
  ['the session expires while idle, waiting, holding, releasing', 'the same, at the messages of each of these'],
  ['own znode deleted by somebody', '`own znodes deleted` at every message'],
  ['own data spoiled by somebody', '`own data spoiled` at every message'],
  ['abort at every await point', '`calls aborted` at every message'],
  ['close at every await point', '`client closed` at every message; the recipe itself is closed in every scenario'],
  ['two clients in one process', 'every scenario has two'],
]

/** Faults that each recipe has an answer of its own to. */
export const FAULTS = [
  'server restart, leader change',
  'the ensemble is wiped',
  'move to a server that lags behind',
  'predecessor deleted',
  'folder deleted',
  'data of a shared znode spoiled',
  'access list taken away',
  'deadline at every await point',
  'process pause shorter and longer than the session',
  'wall clock jumps',
  'a thousand contenders',
  'two objects on one client',
  'sequence numbers wrap',
  'transaction too large',
  'listener that throws or is slow',
] as const

export type FaultName = (typeof FAULTS)[number]

export interface RecipeFaults {
  readonly recipe: string
  /** Names of its scenarios in test/recipes/cuts. */
  readonly scenarios: readonly string[]
  readonly proofs: Readonly<Record<FaultName, Proof>>
}

const tests = (...titles: readonly string[]): Proof => ({ tests: titles })
const never = (reason: string): Proof => ({ reason })

const FAILOVER = 'every recipe goes on when the leader is killed'
const SYNC = 'looks only after its server has caught up'

/** What is so for all recipes, unless one says otherwise. */
const COMMON = {
  'server restart, leader change': {
    tests: [FAILOVER, 'outlives its server: the tree, the ephemeral znodes and the watches are there after a restart'],
    also: 'to a recipe both are a cut and the same session, which is played at every message',
  },
  'the ensemble is wiped': {
    tests: ['knows nothing: the client begins a new session without its newest zxid'],
    also: 'to a recipe it is the end of the session and a missing folder, which are played',
  },
  'move to a server that lags behind': {
    tests: ['is resumed with its id, password and the newest zxid, and stays the same object', SYNC],
    also: 'a server behind the newest zxid does not take the client; what must be newer than any other client’s view syncs first',
  },
  'predecessor deleted': never('nobody waits behind anybody'),
  'deadline at every await point': {
    tests: ['throws after its deadline even when its timer is late'],
    also: 'a deadline ends a call the way its signal does, which is played at every message',
  },
  'process pause shorter and longer than the session': {
    tests: ['is looked at before anything else after the process was stalled'],
    also: 'nothing is granted: after the pause it is the same or a new session',
  },
  'wall clock jumps': tests('no recipe reads the wall clock to decide anything'),
  'sequence numbers wrap': never('no sequential znodes'),
  'transaction too large': never(
    'its transactions have a fixed number of operations; what the caller gives is bounded by the client (`ERR_TOO_LARGE`)',
  ),
  'listener that throws or is slow': never('it calls nobody'),
} satisfies Partial<Record<FaultName, Proof>>

/** What is so for everything with contenders: one piece of code, `recipes/support/contest.ts`. */
const CONTEST = {
  ...COMMON,
  'server restart, leader change': tests(FAILOVER, 'keeps the lock and the queue when the data is kept'),
  'move to a server that lags behind': tests('a create whose reply was lost is found again and adopted: one znode, the same place', SYNC),
  'predecessor deleted': tests('predecessors that vanish in any order let the last one through'),
  'folder deleted': tests('a folder that vanishes under the waiters is made anew'),
  'data of a shared znode spoiled': tests('foreign names in the folder do not matter'),
  'access list taken away': tests(
    'a release that the servers refuse rejects and can be repeated',
    'an own znode that may not be read costs the watch, not the lock, and is told',
  ),
  'deadline at every await point': tests('a deadline at any moment leaves nothing behind'),
  'process pause shorter and longer than the session': tests(
    'after a stall beyond the deadline the lock is lost before any other code runs',
    'a stall shorter than the deadline costs nothing',
    'a deadline that passed during a stall counts before anybody was told',
  ),
  'a thousand contenders': tests('get the lock one after the other, in the order of their tokens, and leave nothing'),
  'sequence numbers wrap': tests('finds the predecessor and the head across the seam of the counter, in any order of the list'),
  'transaction too large': tests(
    'guard refuses a stale handle here, and counts the given operations in errors',
    'a request above maxRequestBytes is refused and never sent',
  ),
  'listener that throws or is slow': tests('callbacks that throw disturb nobody'),
} satisfies Partial<Record<FaultName, Proof>>

/** What shows the present state of some znodes. */
const VIEW = {
  ...COMMON,
  'folder deleted': tests('a root that is missing, deleted and made again is no end'),
  'data of a shared znode spoiled': never('data is what it is'),
  'access list taken away': tests('leaves out what it may not read, says so, and goes on'),
  'a thousand contenders': tests('a tree of 100,000 znodes', '70,000 children of one znode'),
  'two objects on one client': tests('are shared by all who watch the same, and survive an expired session'),
  'listener that throws or is slow': tests('a consumer that is slow gets the last state of each znode, every recreation, and nothing else'),
} satisfies Partial<Record<FaultName, Proof>>

const QUEUES = {
  ...COMMON,
  'folder deleted': tests('wakes who waits, also after the folder has vanished and over sessions; each item goes to one of many'),
  'data of a shared znode spoiled': never('an item’s data is the application’s; a name that is none is passed over'),
  'access list taken away': never('a put or take that may not be rejects with `NO_AUTH`; nothing is held by it'),
  'process pause shorter and longer than the session': tests(
    'the servers refuse a taker that does not know yet, though the claim has the same name',
    'a deadline that passed during a stall counts before anybody was told',
  ),
  'a thousand contenders': never(
    'takers race for items, nobody stands in a queue: measured with hundreds of items by the test of many takers',
  ),
  'two objects on one client': never('each has a view and claims of its own; a claim is an ephemeral znode, whoever made it'),
  'sequence numbers wrap': tests('reads what the server prints, over the whole signed range'),
} satisfies Partial<Record<FaultName, Proof>>

export const MATRIX: readonly RecipeFaults[] = [
  {
    recipe: 'Mutex',
    scenarios: [
      'a mutex that is waited for, used and released',
      'a mutex that is tried while it is held, and when it is free',
      'a mutex whose wait is given up',
      'a mutex that is taken away from somebody else',
    ],
    proofs: {
      ...CONTEST,
      'data of a shared znode spoiled': tests(
        'and is still told after its data was overwritten with rubbish',
        'foreign names in the folder do not matter',
      ),
      'two objects on one client': tests('is held by one at a time, in token order, with 20 contenders on 4 clients'),
    },
  },
  {
    recipe: 'ReadWriteLock',
    scenarios: ['a read/write lock: read, write, downgrade', 'a read/write lock: upgradeable, upgrade, back'],
    proofs: {
      ...CONTEST,
      'predecessor deleted': tests(
        'an upgrade waits for exactly the readers that may be inside',
        'one watch for each that waits, and a writer that leaves wakes the readers behind it',
      ),
      'folder deleted': tests('a contender whose znode vanished queues again instead of failing'),
      'two objects on one client': tests('asking for more than one holds is refused at once inside of the function that holds it'),
      'sequence numbers wrap': tests('order is by number, across the seam, whatever the length of the names'),
    },
  },
  {
    recipe: 'Semaphore',
    scenarios: ['a semaphore: waited for, taken, made larger'],
    proofs: {
      ...CONTEST,
      'predecessor deleted': tests('wakes whoever can go, however holders leave'),
      'folder deleted': tests('a folder that is deleted ends its holders, and is made anew with its number'),
      'data of a shared znode spoiled': tests('a folder without a number is an error, not a wait without end'),
      'two objects on one client': tests('each acquisition is a grant of its own'),
    },
  },
  {
    recipe: 'MultiLock',
    scenarios: ['a multi-lock of two, the second of which is waited for'],
    proofs: {
      ...CONTEST,
      'deadline at every await point': tests('one deadline for all; at the first failure what was taken is given back, the last first'),
      'two objects on one client': tests('callers that name the same locks in different orders never wait for each other'),
      'transaction too large': tests(
        'a guard checks every lock, also when the loss is not known here yet',
        'a request above maxRequestBytes is refused and never sent',
      ),
    },
  },
  {
    recipe: 'LeaderElection',
    scenarios: [
      'a campaign, a proclamation and a resignation',
      'a successor that is named and takes over',
      'a leader that hands over',
      'a candidate that yields to one of a higher priority',
    ],
    proofs: {
      ...CONTEST,
      'move to a server that lags behind': tests('is told only after a sync: the leader sees what its predecessor wrote'),
      'predecessor deleted': tests(
        'one that is preferred and dies before it leads blocks nobody',
        'leader() passes over a leader that leaves during the call, and is undefined when vacant',
      ),
      'folder deleted': tests('elects again after the folder was deleted'),
      'access list taken away': tests(
        'run rejects with what repeating cannot cure, instead of ending silently',
        'ends with what repeating cannot cure, and says so to whoever waits',
      ),
      'two objects on one client': tests('resigning is idempotent, and the candidate can campaign again'),
      'listener that throws or is slow': tests('run survives what fn throws, tells it, and leads again'),
    },
  },
  {
    recipe: 'Group',
    scenarios: ['a member that joins, follows the others, writes and leaves'],
    proofs: {
      ...COMMON,
      'folder deleted': tests('a member that an operator deletes comes back'),
      'data of a shared znode spoiled': never('a member’s data is the application’s; the next `setData` replaces it'),
      'access list taken away': tests('what the servers refuse is told, and joining again goes on until it is allowed'),
      'process pause shorter and longer than the session': tests(
        'a disconnection beyond the deadline whose session lives on keeps the znode',
        'joins again after the end of the session, under the same name, with the newest data and a new generation',
      ),
      'a thousand contenders': tests('10,000 members of a group join, are followed, and leave with their clients'),
      'two objects on one client': tests(
        'the same name twice through one client, a persistent znode, or a live session under reject is an error',
      ),
    },
  },
  {
    recipe: 'PersistentNode',
    scenarios: ['a persistent node that is made, changed and closed'],
    proofs: {
      ...COMMON,
      'folder deleted': tests('is made again when somebody deletes it, also while this client is away'),
      'data of a shared znode spoiled': never('its data is the application’s; the next `setData` replaces it'),
      'access list taken away': tests('a refusal is told, and it comes back when it is allowed again'),
      'a thousand contenders': never('one znode of one client each'),
      'two objects on one client': tests('waits for another session, takes its place, or gives up; two of one client are an error'),
    },
  },
  {
    recipe: 'Partitioner',
    scenarios: ['a member that takes its share of the items and gives it back'],
    proofs: {
      ...CONTEST,
      'predecessor deleted': tests('nobody gets an item before its owner has settled'),
      'data of a shared znode spoiled': tests('is read as it was written; what is none counts as nothing'),
      'access list taken away': never('its parts, a group, an election and a mutex for each item, have their own tests'),
      'deadline at every await point': COMMON['deadline at every await point'],
      'a thousand contenders': tests('gives every item to one member, evenly, whatever was before'),
      'two objects on one client': tests('two members of one name are refused'),
      'transaction too large': never(
        'at most 10,000 items of at most 200 characters: one znode of less than the limit only up to about 5,000 of them; beyond, the leader’s write rejects and is told',
      ),
      'listener that throws or is slow': tests('calls work again when it throws, tells why, and keeps the item'),
    },
  },
  {
    recipe: 'ServiceRegistry',
    scenarios: ['a service that is registered, found, changed and taken out'],
    proofs: {
      ...COMMON,
      'folder deleted': tests('is made again when somebody deletes it, also while this client is away'),
      'data of a shared znode spoiled': tests(
        'a payload that cannot be read is left out and told once; a restart takes the place of the former life',
      ),
      'access list taken away': tests('a refusal is told, and it comes back when it is allowed again'),
      'a thousand contenders': tests('70,000 children of one znode'),
      'two objects on one client': tests('waits for another session, takes its place, or gives up; two of one client are an error'),
    },
  },
  {
    recipe: 'NodeCache',
    scenarios: ['a cache of one znode'],
    proofs: { ...VIEW, 'folder deleted': tests('shows one znode, there or not, over reconnects and sessions') },
  },
  { recipe: 'ChildrenCache', scenarios: ['a cache of children'], proofs: VIEW },
  { recipe: 'TreeCache', scenarios: ['a cache of a tree'], proofs: VIEW },
  {
    recipe: 'ConfigStore',
    scenarios: ['a configuration that is opened, changed from both sides and followed'],
    proofs: {
      ...COMMON,
      'folder deleted': tests(
        'a znode that was deleted and made anew is seen, even with an equal version and value',
        'makes missing parents',
      ),
      'data of a shared znode spoiled': tests('what is not valid is never visible: the last good snapshot stays, and an event says why'),
      'access list taken away': tests('writes also where the access list forbids receipts'),
      'a thousand contenders': tests('two writers lose no update', 'gives up with ERR_CONFLICT after maxConflicts'),
      'two objects on one client': tests('two that write the defaults at the same time agree'),
      'transaction too large': tests('a document above the limit is refused with a typed error, and the connection lives'),
      'listener that throws or is slow': tests(
        'a listener that throws disturbs no other and not the store',
        'iteration begins with the present snapshot, then yields the newest and skips what was between',
      ),
    },
  },
  {
    recipe: 'Counter',
    scenarios: ['a counter that is read, added to and set'],
    proofs: {
      ...COMMON,
      'folder deleted': tests('comes back after a delete; what is no number is a typed error with its path'),
      'data of a shared znode spoiled': tests('comes back after a delete; what is no number is a typed error with its path'),
      'access list taken away': never('a read or write that may not be rejects with `NO_AUTH`; nothing is held by it'),
      'a thousand contenders': tests('counts every increment of many clients once, each with its own values'),
      'two objects on one client': tests('takes no lock: what gathers in one process is one write, and nothing stands beside the counter'),
    },
  },
  {
    recipe: 'SharedValue',
    scenarios: ['a shared value that is set, updated and followed'],
    proofs: {
      ...COMMON,
      'folder deleted': tests('follows over reconnects, sessions, deletions and recreations with an older version'),
      'data of a shared znode spoiled': tests('keeps the value before when what stands there cannot be read, and says so'),
      'access list taken away': never('a read or write that may not be rejects with `NO_AUTH`; nothing is held by it'),
      'a thousand contenders': never('a write is one compare-and-set; who was slower pauses at random'),
      'two objects on one client': tests('is seen by all, and replaced by one at a time'),
    },
  },
  {
    recipe: 'IdAllocator',
    scenarios: ['ids that are given to two at a time'],
    proofs: {
      ...COMMON,
      'folder deleted': never('who deletes the counter begins the ids again: nothing can know better'),
      'data of a shared znode spoiled': tests('comes back after a delete; what is no number is a typed error with its path'),
      'access list taken away': never('a block that may not be taken rejects with `NO_AUTH`'),
      'a thousand contenders': tests('gives nobody an id twice, and asks once for each block'),
      'two objects on one client': tests('a block whose reply was lost is a gap or is used, never given to another'),
    },
  },
  {
    recipe: 'Barrier',
    scenarios: ['a barrier that is closed, waited for and opened from both sides'],
    proofs: {
      ...COMMON,
      'folder deleted': tests('lets through when it is open, and holds back until then'),
      'data of a shared znode spoiled': never('it has no data'),
      'access list taken away': never('closing or opening that may not be rejects with `NO_AUTH`; nothing is held by it'),
      'deadline at every await point': tests('gives up at its deadline and with its signal, and leaves no watch'),
      'a thousand contenders': never('who waits has one watch and no znode'),
      'two objects on one client': never('an object has no state'),
    },
  },
  {
    recipe: 'DoubleBarrier',
    scenarios: ['a double barrier: two rounds of entering and leaving'],
    proofs: {
      ...COMMON,
      'folder deleted': never('the members’ znodes are in it: to them it is the deletion of their own, which is played'),
      'data of a shared znode spoiled': never(
        'only what the members wrote themselves counts: names in their own folder, and the list in `ready`',
      ),
      'access list taken away': never('entering that may not be rejects with `NO_AUTH`, and the member is withdrawn'),
      'deadline at every await point': tests('who gives up at its deadline does not count, and a late comer does not pass alone'),
      'process pause shorter and longer than the session': tests('a member whose session ends has left'),
      'a thousand contenders': tests('who comes too many waits for the next generation'),
      'two objects on one client': tests('lets all through together, holds all back until all have left, again and again'),
      'sequence numbers wrap': tests('finds the predecessor and the head across the seam of the counter, in any order of the list'),
      'transaction too large': never('passing is one transaction with a check for each member: it fits for thousands of them'),
    },
  },
  { recipe: 'Queue', scenarios: ['a queue: put, taken, given back, completed'], proofs: QUEUES },
  { recipe: 'PriorityQueue', scenarios: ['a priority queue whose more important item comes later'], proofs: QUEUES },
  {
    recipe: 'DelayQueue',
    scenarios: ['a delay queue whose items are due'],
    proofs: {
      ...QUEUES,
      'wall clock jumps': tests(
        'gives items at their time, in the order of their times, never before',
        'no recipe reads the wall clock to decide anything',
      ),
    },
  },
  {
    recipe: 'TaskQueue',
    scenarios: ['a submitter of tasks', 'a worker at tasks', 'a master over tasks'],
    proofs: {
      ...COMMON,
      'folder deleted': tests(
        'a queue that was deleted under its master and worker is made anew, and both go on',
        'a master whose epoch was deleted is elected again',
      ),
      'data of a shared znode spoiled': tests(
        'what is no task of this layout goes to the dead letters, and the queue goes on',
        'are null for whatever somebody else put there',
      ),
      'access list taken away': tests('a master or worker that may not write ends with the error instead of being silent'),
      'process pause shorter and longer than the session': tests(
        'a worker cut off for longer than its session is aborted and replaced, and its result is refused',
        'a master that was cut off and replaced writes nothing any more and steps down',
      ),
      'a thousand contenders': tests('a backlog that many listings long is taken over by the next master in order'),
      'two objects on one client': tests('two clients that submit the same id at the same time get the same task'),
      'sequence numbers wrap': never('attempts are numbered by the master’s term, not by the servers'),
      'transaction too large': tests(
        'with the largest limits no listing comes near 1 MiB',
        'a value that is not JSON or too large fails the attempt',
      ),
      'listener that throws or is slow': tests(
        'a handler that fails is tried again maxAttempts times, then the task fails and leaves a dead letter',
        'a handler that ignores its signal cannot complete after its task was handed back',
      ),
    },
  },
]
