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
export const CURATOR_JAR = '/usr/share/java/curator-recipes.jar'
const DISCOVERY_JAR = '/usr/share/java/curator-x-discovery.jar'

/** The package of each Python module. */
const PYTHON_MODULES: Readonly<Record<string, string>> = {
  kazoo: 'python3-kazoo',
  pytest: 'python3-pytest',
  mock: 'python3-mock',
  objgraph: 'python3-objgraph',
  puresasl: 'python3-pure-sasl',
  gevent: 'python3-gevent',
  eventlet: 'python3-eventlet',
}

/** What a Java program needs to use the ZooKeeper client, Curator, its recipes and its service discovery. */
export function javaClasspath(): string {
  const names = ['zookeeper-jute', 'curator-client', 'curator-framework', 'guava', 'slf4j-api', 'slf4j-simple']
  const jackson = ['jackson-core', 'jackson-annotations', 'jackson-databind']
  const jars = [...names, ...jackson, 'netty-all'].map((name) => `/usr/share/java/${name}.jar`)
  return [ZOOKEEPER_JAR, CURATOR_JAR, DISCOVERY_JAR, ...jars].join(':')
}

export default function requireEverything(): void {
  const missing: string[] = []
  if (!existsSync(ZK_CLI) || !existsSync(ZOOKEEPER_JAR)) missing.push('zookeeper')
  if (!existsSync(SERVLET_JAR)) missing.push('libservlet-api-java')
  if (!existsSync(C_SHELL)) missing.push('zookeeper-bin')
  if (!existsSync(CURATOR_JAR)) missing.push('libcurator-recipes-java')
  if (!existsSync(DISCOVERY_JAR)) missing.push('libcurator-discovery-java')
  missing.push(...missingPythonPackages())
  if (spawnSync(PYTHON, ['-c', 'import puresasl']).status !== 0) missing.push('python3-pure-sasl')
  if (missing.length > 0) {
    throw new Error(`The interop suite needs: apt-get install -y --no-install-recommends ${missing.join(' ')}`)
  }
  if (!existsSync(CLI_PATH)) throw new Error(`The interop suite runs the built package, and ${CLI_PATH} is missing: npm run build`)
}

function missingPythonPackages(): string[] {
  const modules = Object.keys(PYTHON_MODULES)
  const script = `import importlib.util, sys; print(*[m for m in sys.argv[1:] if not importlib.util.find_spec(m)])`
  const { status, stdout } = spawnSync(PYTHON, ['-c', script, ...modules], { encoding: 'utf8' })
  const absent = status === 0 ? stdout.split(/\s+/) : modules
  return Object.entries(PYTHON_MODULES).flatMap(([module, name]) => (absent.includes(module) ? [name] : []))
}
