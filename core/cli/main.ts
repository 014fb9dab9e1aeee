#!/usr/bin/env node
// cli: the command `zoarium`. Only this room may end the process or listen to signals.

import { Command, CommanderError } from 'commander'
import { VERSION } from '../support/version.ts'
import { ensembleCommand } from './ensemble-command.ts'
import { ExitCode } from './exit-codes.ts'
import { importCommand } from './import-command.ts'
import { logCommand } from './log-command.ts'
import { serverCommand } from './server-command.ts'
import { snapshotCommand } from './snapshot-command.ts'
import { versionCommand } from './version-command.ts'

/** Whoever read our output may have gone away: no reason to stop serving. */
function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

/** Commands that are added, at any depth, do not take over settings by themselves. */
function inherit(command: Command, from: Command): void {
  command.exitOverride()
  command.copyInheritedSettings(from)
  for (const below of command.commands) inherit(below, from)
}

async function run(argv: readonly string[]): Promise<number> {
  let exitCode: number = ExitCode.ok
  const program = new Command('zoarium')
    .description('a coordination service that speaks the ZooKeeper protocol')
    .version(VERSION)
    .helpCommand('help [command]', 'show the help of a command')
    .showHelpAfterError('(--help shows what is possible)')
  program.addCommand(serverCommand((code) => (exitCode = code)))
  program.addCommand(logCommand((code) => (exitCode = code)))
  program.addCommand(snapshotCommand((code) => (exitCode = code)))
  program.addCommand(ensembleCommand((code) => (exitCode = code)))
  program.addCommand(importCommand((code) => (exitCode = code)))
  program.addCommand(versionCommand())
  inherit(program, program)
  try {
    await program.parseAsync(argv)
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    // commander has printed the message; help and version end with 0, everything else is wrong usage.
    exitCode = error.exitCode === 0 ? ExitCode.ok : ExitCode.usage
  }
  return exitCode
}

process.stdout.on('error', ignoreBrokenPipe)
process.stderr.on('error', ignoreBrokenPipe)
process.exit(await run(process.argv))
