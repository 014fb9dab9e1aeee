// What the suite needs on this machine. It never skips: without one of these the run fails with the line that installs it.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { CLI_PATH } from './zoarium-server.ts'

export const PYTHON = '/usr/bin/python3'
export const ZK_CLI = '/usr/share/zookeeper/bin/zkCli.sh'
export const C_SHELL = '/usr/lib/zookeeper/bin/cli_mt'
export const ZOOKEEPER_JAR = '/usr/share/java/zookeeper.jar'
/** For ZooKeeper's AdminServer. */
export const SERVLET_JAR = '/usr/share/java/servlet-api.jar'

export default function requireEverything(): void {
  const missing: string[] = []
  if (!existsSync(ZK_CLI) || !existsSync(ZOOKEEPER_JAR)) missing.push('zookeeper')
  if (!existsSync(SERVLET_JAR)) missing.push('libservlet-api-java')
  if (!existsSync(C_SHELL)) missing.push('zookeeper-bin')
  if (spawnSync(PYTHON, ['-c', 'import kazoo']).status !== 0) missing.push('python3-kazoo')
  if (missing.length > 0) {
    throw new Error(`The interop suite needs: apt-get install -y --no-install-recommends ${missing.join(' ')}`)
  }
  if (!existsSync(CLI_PATH)) throw new Error(`The interop suite runs the built package, and ${CLI_PATH} is missing: npm run build`)
}
