// storage: a lock file that keeps two processes out of one data directory (host side: node:fs). Node has no flock.
//
//   lock          text "<pid> <start>\n": the holder's process id and the time it started, where the system tells (Linux)
//   lock.<pid>    the same text before it is linked to `lock`, so that nobody ever sees half of it
//
// The holder lives if its process exists and, where known, started at that time: a process id that was given to another program, or a
// container in which every first process has id 1, does not keep the directory locked after a crash. Processes that cannot see each
// other's ids (two containers on one volume) are not kept apart.

import * as fs from 'node:fs'
import { join } from 'node:path'
import { ZoariumError } from '../errors.ts'
import type { Done } from './disk.ts'

const LOCK_NAME = 'lock'
const MAX_ATTEMPTS = 5

/** Directories held by this process, by their real path. */
const heldHere = new Set<string>()

/** Takes `folder`, which exists. A lock whose holder is dead is taken over. */
export function acquireLock(folder: string, done: Done): void {
  fs.realpath(folder, (error, whole) => {
    if (error !== null) {
      done(error)
      return
    }
    if (heldHere.has(whole)) {
      done(heldBy(folder, 'another store of this process'))
      return
    }
    heldHere.add(whole)
    link(whole, folder, 1, (failure) => {
      if (failure !== null) heldHere.delete(whole)
      done(failure)
    })
  })
}

/** Gives `folder` back; nothing happens if this process does not hold it. */
export function releaseLock(folder: string, done: Done): void {
  fs.realpath(folder, (error, whole) => {
    if (error !== null) {
      done(error)
      return
    }
    if (!heldHere.delete(whole)) {
      done(null)
      return
    }
    fs.unlink(join(whole, LOCK_NAME), (failure) => done(failure === null || failure.code === 'ENOENT' ? null : failure))
  })
}

function link(whole: string, folder: string, attempt: number, done: Done): void {
  const lock = join(whole, LOCK_NAME)
  const own = join(whole, `${LOCK_NAME}.${process.pid}`)
  fs.writeFile(own, `${process.pid} ${startOf(process.pid)}\n`, { mode: 0o600 }, (writeError) => {
    if (writeError !== null) {
      done(writeError)
      return
    }
    fs.link(own, lock, (linkError) => {
      fs.unlink(own, (unlinkError) => {
        if (linkError === null) done(unlinkError)
        else if (linkError.code !== 'EEXIST') done(linkError)
        else takeOver(whole, folder, attempt, done)
      })
    })
  })
}

/** Removes the lock of a dead process and tries again. */
function takeOver(whole: string, folder: string, attempt: number, done: Done): void {
  const lock = join(whole, LOCK_NAME)
  fs.readFile(lock, 'latin1', (readError, text) => {
    if (readError !== null && readError.code !== 'ENOENT') {
      done(readError)
      return
    }
    if (readError === null && (isAlive(text) || attempt === MAX_ATTEMPTS)) {
      done(heldBy(folder, `process ${text.split(' ')[0]} (lock file ${lock})`))
      return
    }
    // Moved away under a name of our own first: of two processes that found the same dead lock only one can move it, and what was moved is
    // looked at again before it is thrown away, in case it was the other's fresh lock.
    const aside = join(whole, `${LOCK_NAME}.${process.pid}.old`)
    fs.rename(lock, aside, (renameError) => {
      if (renameError !== null) {
        if (renameError.code === 'ENOENT') link(whole, folder, attempt + 1, done)
        else done(renameError)
        return
      }
      discard(aside, lock, (error) => {
        if (error !== null) done(error)
        else link(whole, folder, attempt + 1, done)
      })
    })
  })
}

/** Throws away a lock that was moved aside, or puts it back if its holder lives after all. */
function discard(aside: string, lock: string, done: Done): void {
  fs.readFile(aside, 'latin1', (readError, text) => {
    if (readError !== null) {
      done(readError)
      return
    }
    if (isAlive(text)) fs.rename(aside, lock, done)
    else fs.unlink(aside, done)
  })
}

function isAlive(text: string): boolean {
  const [pidText, start] = text.trim().split(' ')
  const pid = Number(pidText)
  if (!Number.isInteger(pid) || pid <= 0) return false // a power cut left the file empty
  const startNow = startOf(pid)
  const startsKnown = start !== undefined && start !== '-' && startNow !== '-'
  // Our own id, and not in `heldHere`: another thread of this process, or an earlier process that had the same id.
  if (pid === process.pid) return startsKnown && start === startNow
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
  }
  return !startsKnown || start === startNow
}

/** When a process started, in the system's own unit; `-` where it cannot be told. Field 22 of proc_pid_stat(5). */
function startOf(pid: number): string {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The second field, the command in parentheses, may itself hold spaces and parentheses.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '-'
  } catch {
    return '-' // not Linux, or the process has just gone: the caller's kill(pid, 0) decides
  }
}

function heldBy(folder: string, holder: string): ZoariumError {
  return new ZoariumError('ERR_STORAGE', `data directory ${folder} is in use by ${holder}`)
}
