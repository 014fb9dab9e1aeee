// The time of a simulated world: events in the order of their times, and of their making where times are equal.

import { VirtualClock } from '../storage/simulated-disk/virtual-clock.ts'
import type { SimulatedDisk } from '../storage/simulated-disk.ts'

interface Event {
  readonly atUs: number
  readonly seq: number
  readonly run: () => void
}

export class Scheduler {
  readonly clock: VirtualClock = new VirtualClock()
  readonly #heap: Event[] = []
  readonly #disks = new Set<SimulatedDisk>()
  #seq = 0
  /** Events and operations of disks so far. */
  steps = 0

  get nowMs(): number {
    return this.clock.nowUs / 1000
  }

  /** Disks move with the world while they are in it. */
  add(disk: SimulatedDisk): void {
    this.#disks.add(disk)
  }

  remove(disk: SimulatedDisk): void {
    this.#disks.delete(disk)
  }

  after(ms: number, run: () => void): void {
    const event = { atUs: this.clock.nowUs + Math.max(0, Math.round(ms * 1000)), seq: this.#seq++, run }
    const heap = this.#heap
    let at = heap.push(event) - 1
    for (let up = (at - 1) >> 1; at > 0 && before(event, heap[up] as Event); up = (at - 1) >> 1) {
      heap[at] = heap[up] as Event
      at = up
    }
    heap[at] = event
  }

  /** Runs everything that is due up to `untilMs`. */
  runUntil(untilMs: number): void {
    while (this.runNext(untilMs));
    this.clock.advanceTo(untilMs * 1000)
  }

  /** Runs the next thing that is due up to `untilMs`; false if there is none. */
  runNext(untilMs: number): boolean {
    const event = this.#heap[0]
    const disk = this.#nextDisk()
    const diskUs = disk?.nextUs ?? Number.POSITIVE_INFINITY
    const eventUs = event?.atUs ?? Number.POSITIVE_INFINITY
    if (Math.min(diskUs, eventUs) > untilMs * 1000) return false
    this.steps += 1
    if (disk !== null && diskUs <= eventUs) disk.step()
    else {
      this.clock.advanceTo(eventUs)
      this.#pop().run()
    }
    return true
  }

  #nextDisk(): SimulatedDisk | null {
    let next: SimulatedDisk | null = null
    for (const disk of this.#disks) {
      const { nextUs } = disk
      if (nextUs !== null && (next === null || nextUs < (next.nextUs ?? 0))) next = disk
    }
    return next
  }

  #pop(): Event {
    const heap = this.#heap
    const first = heap[0] as Event
    const last = heap.pop() as Event
    if (heap.length === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1] as Event, heap[child] as Event)) child += 1
      if (!before(heap[child] as Event, last)) break
      heap[at] = heap[child] as Event
      at = child
    }
    heap[at] = last
    return first
  }
}

function before(a: Event, b: Event): boolean {
  return a.atUs < b.atUs || (a.atUs === b.atUs && a.seq < b.seq)
}
