// cli: what `zoarium log inspect` and `zoarium log repair` do and print.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ZoariumError } from '../errors.ts'
import { RealDisk } from '../storage/real-disk.ts'
import { type RepairResult, repairLog } from '../storage/repair-log.ts'
import { eachEntry, type InspectedEntry, inspectLog } from '../tools/inspect-log.ts'
import { ExitCode, exitCodeOf } from './exit-codes.ts'
import { describeInspection, describeRepair, entryLine } from './log-report.ts'

export interface InspectLogFlags {
  readonly dataDir: string
  readonly entries?: boolean
  readonly json?: boolean
}

export interface RepairLogFlags {
  readonly dataDir: string
  readonly acceptLoss?: boolean
  readonly raiseTerms: number
  readonly json?: boolean
}

export async function inspectLogAction(flags: InspectLogFlags): Promise<ExitCode> {
  return reported(async () => {
    const disk = new RealDisk(flags.dataDir)
    if (flags.entries === true) await eachEntry(disk, (entry) => print(entryText(entry, flags.json === true)))
    const inspection = await inspectLog(disk)
    print(flags.json === true ? JSON.stringify({ type: 'log', ...inspection }) : describeInspection(inspection))
    return inspection.damage === null && inspection.mark === null ? ExitCode.ok : ExitCode.storageRefused
  })
}

export async function repairLogAction(flags: RepairLogFlags): Promise<ExitCode> {
  return reported(async () => {
    const { dataDir, raiseTerms } = flags
    if (!existsSync(join(dataDir, 'log')) && !existsSync(join(dataDir, 'snapshots'))) {
      throw new ZoariumError('ERR_STORAGE', `${dataDir} holds no data of this server: neither log nor snapshots are there`)
    }
    const result = await new Promise<RepairResult>((resolve, reject) => {
      repairLog(new RealDisk(dataDir), { acceptLoss: flags.acceptLoss === true, raiseTerms }, (error, repaired) => {
        if (repaired === undefined) reject(error ?? new Error('nothing was repaired'))
        else resolve(repaired)
      })
    })
    print(flags.json === true ? JSON.stringify(result) : describeRepair(dataDir, result))
    return result.outcome === 'refused' ? ExitCode.storageRefused : ExitCode.ok
  })
}

function entryText(entry: InspectedEntry, json: boolean): string {
  return json ? JSON.stringify({ type: 'entry', ...entry }) : entryLine(entry)
}

function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Errors that an operator can act on are told in a line; anything else is a bug. */
async function reported(action: () => Promise<ExitCode>): Promise<ExitCode> {
  try {
    return await action()
  } catch (error) {
    if (!ZoariumError.is(error)) throw error
    process.stderr.write(`error: ${error.message}\n`)
    return exitCodeOf(error)
  }
}
