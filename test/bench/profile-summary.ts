// bench: the hottest functions of the CPU profiles that node has written to a folder (--cpu-prof).

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
}

interface Profile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export interface HotFunction {
  readonly name: string
  readonly place: string
  readonly selfMs: number
  /** Part of the time in which the process was not idle. */
  readonly share: number
}

const IDLE = '(idle)'

function placeOf({ callFrame }: ProfileNode): string {
  if (callFrame.url === '') return ''
  return `${callFrame.url.replace(/^file:\/\/.*\/(?=(core|recipes|test|node_modules)\/)/, '')}:${callFrame.lineNumber + 1}`
}

/** Functions by the time spent in themselves, the hottest first, over all profiles in `folder`. */
export function hottestFunctions(folder: string, limit: number): HotFunction[] {
  const selfUs = new Map<string, { name: string; place: string; us: number }>()
  let busyUs = 0
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.cpuprofile'))) {
    const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile
    const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
    profile.samples.forEach((id, i) => {
      const node = nodes.get(id)
      const us = profile.timeDeltas[i] ?? 0
      if (node === undefined || node.callFrame.functionName === IDLE) return
      busyUs += us
      const name = node.callFrame.functionName || '(anonymous)'
      const place = placeOf(node)
      const key = `${name} ${place}`
      const entry = selfUs.get(key) ?? { name, place, us: 0 }
      entry.us += us
      selfUs.set(key, entry)
    })
  }
  return [...selfUs.values()]
    .sort((a, b) => b.us - a.us)
    .slice(0, limit)
    .map(({ name, place, us }) => ({ name, place, selfMs: us / 1000, share: us / busyUs }))
}

export function formatHotFunctions(functions: readonly HotFunction[]): string {
  return functions.map(({ name, place, share }) => `${(share * 100).toFixed(1).padStart(5)} %  ${name.padEnd(36)} ${place}`).join('\n')
}
