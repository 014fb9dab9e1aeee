// bench: the hottest functions of the CPU profiles that node has written to a folder (--cpu-prof).

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface ProfileNode {
  readonly id: number
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  readonly children?: readonly number[]
}

interface Profile {
  readonly nodes: readonly ProfileNode[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

export interface HotFunction {
  readonly name: string
  /** File and line; for native code those of its caller. */
  readonly place: string
  /** Time in the function itself. */
  readonly selfMs: number
  /** Part of the time in which the process was not idle. */
  readonly selfShare: number
  /** The same with everything that it called. */
  readonly totalShare: number
}

const IDLE = '(idle)'
const ROOT = '(root)'

function placeOf({ callFrame }: ProfileNode): string {
  return `${callFrame.url.replace(/^file:\/\/.*\/(?=(core|recipes|test|node_modules)\/)/, '')}:${callFrame.lineNumber + 1}`
}

/** One function as it appears in the summary. Native functions are told apart by who calls them. */
function keyOf(node: ProfileNode, parent: ProfileNode | undefined): string {
  const name = node.callFrame.functionName || '(anonymous)'
  if (node.callFrame.url !== '') return `${name}\t${placeOf(node)}`
  if (name.startsWith('(') || parent === undefined || parent.callFrame.url === '') return `${name}\t`
  return `${name}\tfrom ${parent.callFrame.functionName} ${placeOf(parent)}`
}

interface Sums {
  readonly selfUs: Map<string, number>
  readonly totalUs: Map<string, number>
  busyUs: number
}

function addProfile(profile: Profile, sums: Sums): void {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const parents = new Map<number, ProfileNode>()
  for (const node of profile.nodes) {
    for (const child of node.children ?? []) parents.set(child, node)
  }
  const selfOf = new Map<number, number>()
  profile.samples.forEach((id, i) => {
    selfOf.set(id, (selfOf.get(id) ?? 0) + (profile.timeDeltas[i] ?? 0))
  })
  for (const [id, us] of selfOf) {
    const node = nodes.get(id)
    if (node === undefined || node.callFrame.functionName === IDLE) continue
    sums.busyUs += us
    const key = keyOf(node, parents.get(id))
    sums.selfUs.set(key, (sums.selfUs.get(key) ?? 0) + us)
    // A recursive function counts once for each sample.
    const stack = new Set<string>()
    for (let at: ProfileNode | undefined = node; at !== undefined && at.callFrame.functionName !== ROOT; at = parents.get(at.id)) {
      stack.add(keyOf(at, parents.get(at.id)))
    }
    for (const entry of stack) sums.totalUs.set(entry, (sums.totalUs.get(entry) ?? 0) + us)
  }
}

/** Functions by the time spent in themselves, the hottest first, over all profiles in `folder`. */
export function hottestFunctions(folder: string, limit: number): HotFunction[] {
  const sums: Sums = { selfUs: new Map(), totalUs: new Map(), busyUs: 0 }
  for (const file of readdirSync(folder)) {
    if (file.endsWith('.cpuprofile')) addProfile(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile, sums)
  }
  const hottest = [...sums.selfUs].sort(([, a], [, b]) => b - a).slice(0, limit)
  return hottest.map(([key, us]) => {
    const [name = '', place = ''] = key.split('\t')
    const totalUs = sums.totalUs.get(key) ?? us
    return { name, place, selfMs: us / 1000, selfShare: us / sums.busyUs, totalShare: totalUs / sums.busyUs }
  })
}

function percent(share: number): string {
  return (share * 100).toFixed(1).padStart(5)
}

export function formatHotFunctions(functions: readonly HotFunction[]): string {
  const lines = functions.map(
    ({ name, place, selfShare, totalShare }) => `${percent(selfShare)} ${percent(totalShare)}  ${name.padEnd(30)} ${place}`,
  )
  return ['self %  with callees %', ...lines].join('\n')
}
