// cli: `zoarium snapshot inspect`.

import { ZoariumError } from '../errors.ts'
import { describeSnapshot, nodeLines, type SnapshotDescription, sessionLines } from '../tools/describe-snapshot.ts'
import { loadSnapshotFile } from '../tools/snapshot-file.ts'
import { ExitCode } from './exit-codes.ts'
import type { InspectFlags } from './snapshot-flags.ts'
import { printLines, table, toolEnd } from './tool-end.ts'

export function inspectAction(file: string, flags: InspectFlags): Promise<number> {
  return toolEnd(async () => {
    const loaded = await loadSnapshotFile(file)
    const { tree } = loaded
    if (flags.nodes !== undefined) {
      const top = flags.nodes === true ? '/' : flags.nodes
      if (tree.node(top) === undefined) throw new ZoariumError('NO_NODE', `${loaded.path}: ${top}`, { path: top })
      await printLines(jsonLines(nodeLines(tree, top)))
    }
    if (flags.sessions === true) await printLines(jsonLines(sessionLines(tree)))
    if (flags.nodes === undefined && flags.sessions !== true) {
      const description = describeSnapshot(loaded)
      await printLines(flags.json === true ? [JSON.stringify(description)] : inWords(description))
    }
    return ExitCode.ok
  })
}

function* jsonLines(values: Iterable<unknown>): Generator<string, void, void> {
  for (const value of values) yield JSON.stringify(value)
}

function inWords(d: SnapshotDescription): string[] {
  const facts = table([
    ['file', d.file],
    ['bytes', String(d.bytes)],
    ['format', String(d.formatVersion)],
    ['entry', `${d.index} of term ${d.term} (which began at ${d.termStart})`],
    ['last zxid', d.zxid],
    ['cluster id', d.clusterId === '' ? 'none yet' : d.clusterId],
    ['wall time', d.wallTime],
    ['cluster time', `${d.clusterTimeMs} ms`],
    ['settings', JSON.stringify(d.settings)],
    ['nodes', `${d.nodes}, ${d.ephemerals} of them ephemeral`],
    ['sessions', String(d.sessions)],
    ['paths and data', `${d.dataBytes} bytes`],
    ['state sha256', d.stateSha256],
  ])
  return [
    ...facts,
    ...d.largest.map(({ path, dataBytes }, at) => `${(at === 0 ? 'largest nodes' : '').padEnd(14)}  ${dataBytes} bytes  ${path}`),
  ]
}
