// cli: the version of the installed package, as its package.json says.

import { createRequire } from 'node:module'

/** For example `0.1.0`. */
export function packageVersion(): string {
  // The package's own name resolves to itself, wherever the compiled file lies.
  const manifest: unknown = createRequire(import.meta.url)('zoarium/package.json')
  if (typeof manifest === 'object' && manifest !== null && 'version' in manifest) return String(manifest.version)
  return 'unknown'
}
