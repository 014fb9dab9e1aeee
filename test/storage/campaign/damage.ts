// Damage to what lies on a simulated disk between two lives: flipped bits, sectors of zeros or of garbage, sectors that cannot be read. What was
// there is kept, so that a test can put it back as an operator would from a backup.
import type { Random } from '../../../core/support/random.ts'
import { SECTOR_BYTES } from '../simulated-disk/cached-content.ts'
import type { SimulatedDisk } from '../simulated-disk.ts'

export type DamageKind = 'flipped bit' | 'sector of zeros' | 'sector of garbage' | 'unreadable sector' | 'sector of another history'

/** What needs no more than chance. */
export type RandomDamage = Exclude<DamageKind, 'sector of another history'>

/** One sector that is not what it was. */
export interface Damage {
  readonly kind: DamageKind
  readonly path: string
  readonly sector: number
  readonly before: Buffer
  readonly after: Buffer
}

function sectorBytes(disk: SimulatedDisk, path: string, sector: number): Buffer {
  return Buffer.from(disk.bytes(path).subarray(sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES))
}

/** Damages one sector of a file; `null` if there was nothing to damage or nothing has changed. */
export function damage(disk: SimulatedDisk, path: string, sector: number, kind: RandomDamage, random: Random): Damage | null {
  const before = sectorBytes(disk, path, sector)
  if (before.length === 0) return null
  const content = disk.content(path)
  switch (kind) {
    case 'flipped bit':
      content.damage(sector, (bytes) => {
        const at = random.below(bytes.length)
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8))
      })
      break
    case 'sector of zeros':
      content.damage(sector, (bytes) => bytes.fill(0))
      break
    case 'sector of garbage':
      content.damage(sector, (bytes) => {
        for (let i = 0; i < bytes.length; i++) bytes[i] = random.below(256)
      })
      break
    case 'unreadable sector':
      content.makeUnreadable(sector)
  }
  const after = sectorBytes(disk, path, sector)
  return kind !== 'unreadable sector' && after.equals(before) ? null : { kind, path, sector, before, after }
}

/**
 * Puts a file of another history of the same log in place of one that later ones continue; all of its sectors that differ. Nothing when there is
 * no such file.
 */
export function exchange(disk: SimulatedDisk, others: ReadonlyMap<string, Buffer>, random: Random): Damage[] {
  const used = disk.paths().filter((path) => /^log\/\d+\.log$/.test(path) && usedSectors(disk, path) > 0)
  const differing = used.slice(0, -1).filter((path) => {
    const other = others.get(path)
    return other !== undefined && other.length === disk.bytes(path).length && !other.equals(disk.bytes(path))
  })
  const path = differing[random.below(differing.length)]
  const other = path === undefined ? undefined : others.get(path)
  if (path === undefined || other === undefined) return []
  const done: Damage[] = []
  for (let sector = 0; sector * SECTOR_BYTES < other.length; sector++) {
    const after = other.subarray(sector * SECTOR_BYTES, (sector + 1) * SECTOR_BYTES)
    const before = sectorBytes(disk, path, sector)
    if (before.equals(after)) continue
    disk.content(path).damage(sector, (bytes) => after.copy(bytes))
    done.push({ kind: 'sector of another history', path, sector, before, after })
  }
  return done
}

/** Whether the damage is still there: the file is the same one, and nothing was written over it. */
export function isThere(disk: SimulatedDisk, { kind, path, sector, after }: Damage): boolean {
  if (!disk.paths().includes(path)) return false
  if (kind === 'unreadable sector') return !disk.content(path).canRead(sector * SECTOR_BYTES, 1)
  return sectorBytes(disk, path, sector).equals(after)
}

/** Puts back what was there. */
export function undo(disk: SimulatedDisk, one: Damage): void {
  if (!isThere(disk, one)) return
  const content = disk.content(one.path)
  content.makeReadable()
  content.damage(one.sector, (bytes) => one.before.copy(bytes))
}

/** A sector to damage: mostly one in use, often the last ones in use of the log's end. */
export function chooseSector(disk: SimulatedDisk, random: Random): { path: string; sector: number } | null {
  const paths = disk.paths()
  const segments = paths.filter((path) => /^log\/\d+\.log$/.test(path) && usedSectors(disk, path) > 0)
  const last = segments.at(-1)
  const atEnd = last !== undefined && random.below(3) === 0
  const path = atEnd ? last : paths[random.below(paths.length)]
  if (path === undefined) return null
  const used = usedSectors(disk, path)
  const sectors = Math.ceil(disk.bytes(path).length / SECTOR_BYTES)
  if (sectors === 0) return null
  if (atEnd) return { path, sector: Math.max(0, used - 1 - random.below(4)) }
  return { path, sector: random.below(used > 0 && random.below(5) > 0 ? used : sectors) }
}

function usedSectors(disk: SimulatedDisk, path: string): number {
  const bytes = disk.bytes(path)
  let end = bytes.length
  while (end > 0 && bytes[end - 1] === 0) end -= 1
  return Math.ceil(end / SECTOR_BYTES)
}
