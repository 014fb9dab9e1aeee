// bench: Curator's mutex on a server, in a JVM of its own (CuratorMutex.java).

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CURATOR_JAR, javaClasspath } from '../interop/support/requirements.ts'

const SOURCE = fileURLToPath(new URL('../../../test/bench/CuratorMutex.java', import.meta.url))
const COMPILER = ['-m', 'jdk.compiler/com.sun.tools.javac.Main', '-nowarn', '-cp']

export function hasCurator(): boolean {
  return existsSync(CURATOR_JAR)
}

/** How many acquires and releases a second it manages on a server at `address`, after `seconds` of warming up. */
export function curatorMutex(address: string, seconds: number, folder: string): number {
  if (!existsSync(join(folder, 'CuratorMutex.class'))) execFileSync('java', [...COMPILER, javaClasspath(), '-d', folder, SOURCE])
  const args = ['-cp', `${folder}:${javaClasspath()}`, 'CuratorMutex', address, String(seconds)]
  return Number(execFileSync('java', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }))
}
