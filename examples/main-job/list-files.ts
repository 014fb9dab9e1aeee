// examples: the files of a folder, without what is generated or installed.

import { readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'

const SKIPPED_FOLDERS = new Set(['node_modules', 'dist', 'zoarium-data'])

/** Paths of all files below `folder`, relative to it and sorted. Hidden folders are left out. */
export function listFiles(folder: string): string[] {
  const files: string[] = []
  const visit = (at: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name)
      if (entry.isDirectory()) {
        if (!SKIPPED_FOLDERS.has(entry.name) && !entry.name.startsWith('.')) visit(path)
      } else if (entry.isFile()) files.push(relative(folder, path).split(sep).join('/'))
    }
  }
  visit(folder)
  return files.sort()
}
