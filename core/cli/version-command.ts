// cli: `zoarium version`.

import { Command } from 'commander'
import { VERSION } from '../support/version.ts'

/** Prints the version of the package and of Node.js. */
export function versionCommand(): Command {
  return new Command('version')
    .description('print the version of zoarium and of Node.js')
    .option('--json', 'as a JSON line')
    .action((options: { readonly json?: boolean }) => {
      const line =
        options.json === true
          ? JSON.stringify({ version: VERSION, node: process.version })
          : `zoarium ${VERSION} (Node.js ${process.version})`
      process.stdout.write(`${line}\n`)
    })
}
