// admin: what this server says it is where ZooKeeper says its version.

import type { ServerView } from '../server/server-view.ts'

/** The version of ZooKeeper whose client protocol and words this server speaks; parsers expect three numbers before the first dash. */
const SPOKEN_VERSION = '3.9.0'

/** Three numbers first, as every parser expects; then who it really is. */
export function versionText(view: ServerView): string {
  return `${SPOKEN_VERSION}-zoarium-${view.version}`
}
