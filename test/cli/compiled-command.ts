// The command as JavaScript that Node runs, compiled from the sources as they are now: tests of real processes need no build before them.

import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { transformWithOxc } from 'vite'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const CACHE = join(ROOT, '.tmp')
const PREFIX = 'compiled-'
const KEPT_MS = 3_600_000

let compiled: Promise<string> | null = null

/** Path of the compiled `core/cli/main.js`. Equal sources are compiled once, whoever asks. */
export function compiledCommand(): Promise<string> {
  compiled ??= compile().then((folder) => join(folder, 'core/cli/main.js'))
  return compiled
}

async function compile(): Promise<string> {
  const sources = await readSources()
  const hash = createHash('sha256')
  for (const [path, text] of sources) hash.update(path).update('\0').update(text).update('\0')
  const folder = join(CACHE, PREFIX + hash.digest('hex').slice(0, 16))
  if (await exists(folder)) return folder
  await mkdir(CACHE, { recursive: true })
  await removeOldOnes()
  // Made aside and moved into place, so that a folder of that name is always whole, also when two test processes come at once.
  const draft = await mkdtemp(join(CACHE, 'draft-'))
  for (const [path, text] of sources) await compileFile(join(draft, path.replace(/\.ts$/, '.js')), path, text)
  if (await exists(join(ROOT, 'core/peer/gen'))) await cp(join(ROOT, 'core/peer/gen'), join(draft, 'core/peer/gen'), { recursive: true })
  try {
    await rename(draft, folder)
  } catch (error) {
    await rm(draft, { recursive: true })
    if (!(await exists(folder))) throw error
  }
  return folder
}

async function compileFile(target: string, path: string, text: string): Promise<void> {
  const typescript = { rewriteImportExtensions: 'rewrite', onlyRemoveTypeImports: true } as const
  const { code } = await transformWithOxc(text, path, { typescript, sourcemap: false })
  await mkdir(dirname(target), { recursive: true })
  await writeFile(target, code)
}

async function readSources(): Promise<[path: string, text: string][]> {
  const paths = (await readdir(join(ROOT, 'core'), { recursive: true }))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .map((path) => join('core', path))
    .sort()
  return Promise.all(paths.map(async (path): Promise<[string, string]> => [path, await readFile(join(ROOT, path), 'utf8')]))
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function removeOldOnes(): Promise<void> {
  for (const name of await readdir(CACHE)) {
    const path = join(CACHE, name)
    const { mtimeMs } = await stat(path)
    if (name.startsWith(PREFIX) && Date.now() - mtimeMs > KEPT_MS) await rm(path, { recursive: true, force: true })
  }
}
