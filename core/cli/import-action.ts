// cli: `zoarium import`: the work, and what it prints.

import { type ImportReport, importZooKeeper } from '../tools/zookeeper/import.ts'
import { ExitCode } from './exit-codes.ts'
import type { ImportFlags } from './import-flags.ts'
import { ProgressLine } from './progress-line.ts'
import { table, toolEnd } from './tool-end.ts'

export function importAction(flags: ImportFlags): Promise<number> {
  return toolEnd(async () => {
    const report = await runImport(flags)
    process.stdout.write(flags.json === true ? `${JSON.stringify(report)}\n` : `${inWords(report).join('\n')}\n`)
    return ExitCode.ok
  })
}

async function runImport(flags: ImportFlags): Promise<ImportReport> {
  const line = new ProgressLine()
  try {
    return await importZooKeeper({
      from: flags.from,
      logDir: flags.logDir,
      dataDir: flags.dryRun === true ? null : (flags.dataDir ?? null),
      afterZxid: flags.afterZxid ?? null,
      dropSessions: flags.dropSessions ?? false,
      emulate353: flags.emulate353Ttl ?? false,
      acceptLoss: flags.acceptLoss ?? false,
      nowMs: Date.now(),
      progress: (step, done, total) => line.show(() => `${step}${share(done, total)}`),
    })
  } finally {
    line.clear()
  }
}

function share(done: number, total: number): string {
  return done > 0 && total > 0 ? ` ${Math.min(100, Math.floor((100 * done) / total))} %` : ''
}

function inWords(r: ImportReport): string[] {
  const dropped = r.droppedSessions === 0 ? '' : `; ${r.droppedSessions} ended, and ${r.droppedNodes} ephemeral nodes with them`
  return table([
    [r.dataDir === null ? 'dry run' : 'imported', r.dataDir ?? 'nothing was written'],
    ['read', `${r.snapshot ?? 'no snapshot'}, and ${r.replayedRecords} records of the log after it`],
    ['last zxid', `${r.lastZxid}, epoch ${r.epoch}; a server started on it gives zxids from ${r.firstZxid} on`],
    [
      'nodes',
      `${r.nodes}: ${r.ephemerals} ephemeral, ${r.containers} containers, ${r.ttlNodes} with a TTL; ${r.dataBytes} bytes of paths and data`,
    ],
    ['sessions', `${r.sessions}${dropped}`],
    ['quotas', String(r.quotas)],
    ['digest', DIGEST_TEXTS[r.digest]],
    ...r.notes.map((note) => ['note', note] as const),
  ])
}

const DIGEST_TEXTS: Readonly<Record<ImportReport['digest'], string>> = {
  equal: "the tree has ZooKeeper's own digest",
  different: "the tree does not have ZooKeeper's own digest: see the note",
  absent: "ZooKeeper's files hold none for the last zxid, so there is nothing to compare with",
}
