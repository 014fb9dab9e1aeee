// What the store tells outside any call reaches whoever must know.
import { afterEach, describe, expect, it } from 'vitest'
import { resolveServerOptions } from '../../core/server/options.ts'
import { ReplicaDriver } from '../../core/server/replica-driver.ts'
import { MemoryLogStore } from '../../core/storage/memory-log-store.ts'
import type { StorageObserver } from '../../core/storage/storage-observer.ts'
import type { Logger } from '../../core/support/logger.ts'
import { StateMachine } from '../../core/tree/state-machine.ts'

class TalkingStore extends MemoryLogStore {
  observer: StorageObserver | null = null
  readonly snapshots: number[] = []
  override observe(observer: StorageObserver): void {
    this.observer = observer
  }
  override saveSnapshot(...[meta, chunks, done]: Parameters<MemoryLogStore['saveSnapshot']>): void {
    this.snapshots.push(meta.index)
    super.saveSnapshot(meta, chunks, done)
  }
}

let driver: ReplicaDriver | null = null
afterEach(() => driver?.dispose())

function started(): { store: TalkingStore; observer: StorageObserver; driver: ReplicaDriver; lines: string[]; failures: Error[] } {
  const store = new TalkingStore()
  const lines: string[] = []
  const failures: Error[] = []
  const say = (level: string) => (_fields: unknown, message: string) => lines.push(`${level} ${message}`)
  const logger: Logger = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') }
  driver = new ReplicaDriver(
    resolveServerOptions({ dataDir: '/data' }),
    { store, recovered: null, tree: new StateMachine(), saslUsers: null },
    logger,
    {
      onProgress() {},
      onServing() {},
      onFailure: (error) => failures.push(error),
    },
  )
  driver.start()
  lines.length = 0
  if (store.observer === null) throw new Error('nobody observes the store')
  return { store, observer: store.observer, driver, lines, failures }
}

const ROOM = { freeBytes: 1, lowBytes: 2, reserveBytes: 3, shortage: null }

describe('what the store tells', () => {
  it('a failure that no call waited for ends serving at once, and once', () => {
    const { observer, driver, lines, failures } = started()
    expect(driver.replica.serving).toBe(true)
    const error = new Error('EIO')
    observer.failed(error)
    observer.failed(error)
    expect(driver.replica.serving).toBe(false)
    expect(failures).toEqual([error])
    expect(lines).toEqual(['error storage failed; the server stops'])
  })

  it('lack of room refuses client writes until there is room', () => {
    const { observer, driver, lines } = started()
    observer.roomChanged('full', ROOM)
    expect(driver.replica.writeRefusal).toBe('full')
    observer.roomChanged(null, ROOM)
    expect(driver.replica.writeRefusal).toBeNull()
    expect(lines).toEqual([
      'warn the disk is nearly full; client writes are refused',
      'info there is room on the disk again; client writes are taken',
    ])
  })

  it('a wanted snapshot is taken at once', () => {
    const { observer, store } = started()
    observer.snapshotWanted('a file is damaged')
    expect(store.snapshots).toHaveLength(1)
  })

  it('everything else is a line in the log', () => {
    const { observer, lines } = started()
    observer.stalled('write log/0000000001.log', 1000)
    observer.stallEnded('write log/0000000001.log', 1500)
    observer.spaceUnknown(new Error('ENOSYS'))
    observer.damaged({ path: 'log/0000000001.log', offset: 64, firstIndex: 1, lastIndex: 9, problem: 'rot' })
    observer.movedAside('log/0000000001.log', 'log/0000000001.log.damaged')
    expect(lines).toEqual([
      'warn the disk is stalled',
      'info the disk goes on',
      'warn the free space of the disk is not known',
      'error a file is damaged',
      'warn a damaged file is needed no more and was moved aside',
    ])
  })
})
