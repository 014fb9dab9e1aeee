// cli: `zoarium snapshot restore`.

import { hexZxid } from '../tools/describe-snapshot.ts'
import { type RestoredSnapshot, restoreSnapshot } from '../tools/restore-snapshot.ts'
import { ExitCode } from './exit-codes.ts'
import type { RestoreFlags } from './snapshot-flags.ts'
import { toolEnd } from './tool-end.ts'

export function restoreAction(file: string, flags: RestoreFlags): Promise<number> {
  return toolEnd(async () => {
    const { afterZxid, dropSessions, dataDir, json } = flags
    const restored = await restoreSnapshot(file, dataDir, { afterZxid: afterZxid ?? null, dropSessions: dropSessions ?? false })
    process.stdout.write(json === true ? `${JSON.stringify(asJson(restored))}\n` : inWords(restored))
    return ExitCode.ok
  })
}

function firstZxid({ nextTerm }: RestoredSnapshot): string {
  return hexZxid(nextTerm * 2 ** 32)
}

function asJson(r: RestoredSnapshot): unknown {
  const { lastZxid, nextTerm: _nextTerm, ...facts } = r
  return { ...facts, zxid: hexZxid(lastZxid), firstZxid: firstZxid(r) }
}

function inWords(r: RestoredSnapshot): string {
  const dropped = r.droppedSessions === 0 ? '' : `; ${r.droppedSessions} sessions ended, and ${r.droppedNodes} ephemeral nodes with them`
  return (
    `restored ${r.dataDir}: entry ${r.index}, zxid ${hexZxid(r.lastZxid)}, ${r.nodes} nodes, ${r.sessions} sessions${dropped}\n` +
    `a server started on it gives zxids from ${firstZxid(r)} on\n`
  )
}
