// The nodes that all lanes of a run share: what one lane reads there depends on the others, so it is neither compared nor watched.

const SHARED_PATHS: ReadonlySet<string> = new Set(['/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config'])

export function isShared(path: string): boolean {
  return SHARED_PATHS.has(path)
}
