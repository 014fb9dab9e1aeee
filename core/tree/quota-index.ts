// tree: which paths have a quota, and the text of its two nodes (Quotas, StatsTrack, PathTrie). PURE.
//
//   /zookeeper/quota<path>/zookeeper_limits    count=N,bytes=M          soft: exceeding it is reported
//                                              count=N,bytes=M=;byteHardLimit=M2;countHardLimit=N2      hard: refused when enforced
//   /zookeeper/quota<path>/zookeeper_stats     count=N,bytes=M          what is in use, kept by the server
//
// The odd '=' lets old parsers ignore the rest. -1, an empty or a malformed value: no limit. Count includes the node itself.

const QUOTA_ROOT = '/zookeeper/quota'
const LIMITS = '/zookeeper_limits'
const STATS = '/zookeeper_stats'

export function limitsPath(path: string): string {
  return QUOTA_ROOT + path + LIMITS
}

export function statsPath(path: string): string {
  return QUOTA_ROOT + path + STATS
}

export function isStatsPath(path: string): boolean {
  return path.endsWith(STATS) && path.startsWith(QUOTA_ROOT)
}

/** The path whose quota's limits or statistics live in the node at `path`; `null` if it holds neither. */
export function quotaSubject(path: string): string | null {
  if (!path.startsWith(`${QUOTA_ROOT}/`)) return null
  const suffix = path.endsWith(LIMITS) ? LIMITS : path.endsWith(STATS) ? STATS : null
  if (suffix === null) return null
  const subject = path.slice(QUOTA_ROOT.length, path.length - suffix.length)
  return subject === '' ? null : subject
}

/** The paths that have limits. */
export class QuotaIndex {
  readonly #limited = new Set<string>()

  get isEmpty(): boolean {
    return this.#limited.size === 0
  }

  /** Paths with a quota. */
  limited(): IterableIterator<string> {
    return this.#limited.values()
  }

  added(path: string): void {
    const subject = limitsSubject(path)
    if (subject !== null) this.#limited.add(subject)
  }

  removed(path: string): void {
    const subject = limitsSubject(path)
    if (subject !== null) this.#limited.delete(subject)
  }

  /** The closest of `path` and its ancestors that has a quota. The root has none. */
  closest(path: string): string | null {
    if (this.#limited.size === 0) return null
    for (let at = path; at.length > 1; at = at.slice(0, at.lastIndexOf('/'))) {
      if (this.#limited.has(at)) return at
    }
    return null
  }
}

/** Whether the bytes of a name are that of a node with limits. */
export function isLimitsName(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== LIMITS.length - 1) return false
  for (let i = start; i < end; i++) if (bytes[i] !== LIMITS.charCodeAt(1 + i - start)) return false
  return true
}

function limitsSubject(path: string): string | null {
  return path.endsWith(LIMITS) ? quotaSubject(path) : null
}

/** The numbers of a limits or stats node; -1 = none. */
export interface QuotaNumbers {
  readonly count: number
  readonly bytes: number
  readonly countHardLimit: number
  readonly byteHardLimit: number
}

/** Reads the text of a limits or stats node. Total: what cannot be understood counts as -1. */
export function parseQuota(text: string): QuotaNumbers {
  const values = { count: -1, bytes: -1, countHardLimit: -1, byteHardLimit: -1 }
  for (const pair of text.split(/[,;]+/)) {
    const [key, value] = pair.split('=', 2)
    if (key !== 'count' && key !== 'bytes' && key !== 'countHardLimit' && key !== 'byteHardLimit') continue
    values[key] = value !== undefined && /^-?\d{1,15}$/.test(value) ? Number(value) : -1
  }
  return values
}

/** The text of a stats node. Whatever else somebody had written into it is gone. */
export function formatUsage(count: number, bytes: number): string {
  return `count=${count},bytes=${bytes}`
}
