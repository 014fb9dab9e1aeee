// cli: `zoarium snapshot verify`.

import { hexZxid } from '../tools/describe-snapshot.ts'
import { snapshotsOf, type Verdict, verifySnapshotFile } from '../tools/verify-snapshots.ts'
import { ExitCode } from './exit-codes.ts'
import type { VerifyFlags } from './snapshot-flags.ts'
import { toolEnd } from './tool-end.ts'

export function verifyAction(files: readonly string[], flags: VerifyFlags): Promise<number> {
  return toolEnd(async () => {
    const all = [...files, ...(flags.dataDir === undefined ? [] : await snapshotsOf(flags.dataDir))]
    let damaged = 0
    for (const file of all) {
      const verdict = await verifySnapshotFile(file)
      if (!verdict.whole) damaged += 1
      process.stdout.write(`${flags.json === true ? JSON.stringify(asJson(verdict)) : inWords(verdict)}\n`)
    }
    if (all.length === 0) process.stderr.write('there is no snapshot yet: the log holds everything\n')
    return damaged === 0 ? ExitCode.ok : ExitCode.storageRefused
  })
}

function asJson(v: Verdict): unknown {
  if (!v.whole) return v
  const { lastZxid, ...facts } = v
  return { ...facts, zxid: hexZxid(lastZxid) }
}

function inWords(v: Verdict): string {
  if (!v.whole) return `DAMAGED ${v.file}: ${v.problem}`
  return `whole   ${v.file}: entry ${v.index}, zxid ${hexZxid(v.lastZxid)}, ${v.nodes} nodes, ${v.sessions} sessions, ${v.bytes} bytes`
}
