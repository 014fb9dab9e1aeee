// recipes: where a task queue keeps what, and how a name says what it is. Pure.

// Below the queue's path:
//
//   meta                                     layout and its version; written last when the queue is made
//   election/...                             candidates for master (LeaderElection)
//   epoch                                    who is master; its data version is the fence of every master write
//   workers/<worker>                         ephemeral, one per worker and session
//   assign/<worker>/<task>~<term>-<number>   one attempt; its czxid is the attempt's token
//   tasks/<shard>/<task>                     what is to be done, until it is done
//   results/<client>/<task>                  empty from submission to completion, then the outcome, until the client takes it
//   dead/<task>~<term>-<number>              tasks that were given up, named after their last attempt
//
// An attempt's name is used once in the queue's life: <term> is the czxid of the master's candidate node and <number> counts within the
// term, both in base 36. So a late write of an old attempt can never pass for a later attempt of the same task on the same worker (a
// check in a transaction compares data versions only, and those start at 0 again when a znode is made anew).

/** Folders that the tasks are spread over. A listing of one stays far below the 1 MiB that fits into a frame. */
export const SHARD_COUNT = 16 as const

/** Longest task id, in characters. */
export const MAX_ID_LENGTH = 64 as const

const ID = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}$/

/** Whether `id` can be a task's or client's id: 1 to 64 of `A-Z a-z 0-9 _ . -`, not starting with a dot. */
export function isValidId(id: string): boolean {
  return ID.test(id)
}

/** The shard of a task: FNV-1a over the id's characters, so that every client and master computes the same. */
export function shardOf(taskId: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < taskId.length; i++) hash = Math.imul(hash ^ taskId.charCodeAt(i), 0x01000193)
  return ((hash ^ (hash >>> 16)) & (SHARD_COUNT - 1)).toString(16)
}

/** The name of attempt number `sequence` that the master of `term` starts. */
export function attemptName(taskId: string, term: bigint, sequence: number): string {
  return `${taskId}~${term.toString(36)}-${sequence.toString(36)}`
}

/** The task that an attempt belongs to; `null` if the name is no attempt's. */
export function taskOfAttempt(name: string): string | null {
  const tilde = name.indexOf('~')
  return tilde > 0 ? name.slice(0, tilde) : null
}

/** What lies at a path of the queue. */
export type QueueNode =
  | { readonly type: 'epoch' }
  | { readonly type: 'worker'; readonly worker: string }
  | { readonly type: 'folder'; readonly worker: string }
  | { readonly type: 'attempt'; readonly worker: string; readonly attempt: string; readonly task: string }
  | { readonly type: 'task'; readonly task: string }
  | { readonly type: 'result'; readonly client: string; readonly task: string }
  | { readonly type: 'dead'; readonly attempt: string; readonly task: string }
  | { readonly type: 'other' }

const OTHER: QueueNode = Object.freeze({ type: 'other' })

/** The paths of one queue. */
export class QueuePaths {
  readonly root: string
  readonly meta: string
  readonly election: string
  readonly epoch: string
  readonly workers: string
  readonly assign: string
  readonly tasks: string
  readonly results: string
  readonly dead: string

  constructor(root: string) {
    this.root = root
    this.meta = `${root}/meta`
    this.election = `${root}/election`
    this.epoch = `${root}/epoch`
    this.workers = `${root}/workers`
    this.assign = `${root}/assign`
    this.tasks = `${root}/tasks`
    this.results = `${root}/results`
    this.dead = `${root}/dead`
  }

  shard(shard: string): string {
    return `${this.tasks}/${shard}`
  }

  /** The folders of all shards. */
  shards(): string[] {
    return Array.from({ length: SHARD_COUNT }, (_, shard) => this.shard(shard.toString(16)))
  }

  task(taskId: string): string {
    return `${this.tasks}/${shardOf(taskId)}/${taskId}`
  }

  worker(worker: string): string {
    return `${this.workers}/${worker}`
  }

  folder(worker: string): string {
    return `${this.assign}/${worker}`
  }

  attempt(worker: string, attempt: string): string {
    return `${this.assign}/${worker}/${attempt}`
  }

  resultFolder(client: string): string {
    return `${this.results}/${client}`
  }

  result(client: string, taskId: string): string {
    return `${this.results}/${client}/${taskId}`
  }

  deadLetter(attempt: string): string {
    return `${this.dead}/${attempt}`
  }

  /** Says what lies at `path`, which is the root or below it. */
  parse(path: string): QueueNode {
    const [kind, first, second, beyond] = path.slice(this.root.length + 1).split('/')
    if (beyond !== undefined) return OTHER
    if (first === undefined) return kind === 'epoch' ? { type: 'epoch' } : OTHER
    if (kind === 'workers' && second === undefined) return { type: 'worker', worker: first }
    if (kind === 'assign') return second === undefined ? { type: 'folder', worker: first } : parseAttempt(first, second)
    if (kind === 'tasks' && second !== undefined) return { type: 'task', task: second }
    if (kind === 'results' && second !== undefined) return { type: 'result', client: first, task: second }
    if (kind === 'dead' && second === undefined) {
      const task = taskOfAttempt(first)
      return task === null ? OTHER : { type: 'dead', attempt: first, task }
    }
    return OTHER
  }
}

function parseAttempt(worker: string, attempt: string): QueueNode {
  const task = taskOfAttempt(attempt)
  return task === null ? OTHER : { type: 'attempt', worker, attempt, task }
}
