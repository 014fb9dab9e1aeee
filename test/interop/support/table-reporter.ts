// A reporter of vitest that writes the interop table into docs/operations/interop.md: what passed, failed and was skipped of each suite, ours
// beside ZooKeeper's. A suite is a folder of test/interop whose tests are run on every server. Used by `npm run interop-table`.

import { readFileSync, writeFileSync } from 'node:fs'
import { relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Reporter, TestCase, TestModule } from 'vitest/node'
import { formatSection, replaceSection, type SuiteOutcomes } from './interop-table.ts'
import type { Outcome } from './outcomes.ts'
import { SERVERS } from './servers.ts'

const INTEROP = fileURLToPath(new URL('../', import.meta.url))
const PAGE = fileURLToPath(new URL('../../../docs/operations/interop.md', import.meta.url))

export default class TableReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const suites = new Map<string, Map<string, Outcome[]>>()
    for (const module of modules) {
      if (module.errors().length > 0 || module.state() === 'skipped') throw new Error(`no table: ${module.moduleId} did not run`)
      for (const test of module.children.allTests()) collect(suites, module, test)
    }
    const rows: SuiteOutcomes[] = [...suites].map(([suite, outcomes]) => ({ suite, outcomes }))
    const page = readFileSync(PAGE, 'utf8')
    writeFileSync(PAGE, replaceSection(page, formatSection(rows, new Date().toISOString().slice(0, 10))))
  }
}

function collect(suites: Map<string, Map<string, Outcome[]>>, module: TestModule, test: TestCase): void {
  const server = SERVERS.find(([name]) => test.fullName.includes(`: ${name} > `))?.[0]
  // A test of the suite itself, or one that has no peer.
  if (server === undefined) return
  const suite = relative(INTEROP, module.moduleId).split(sep)[0] ?? ''
  const servers = suites.get(suite) ?? new Map<string, Outcome[]>()
  suites.set(suite, servers)
  const outcomes = servers.get(server) ?? []
  servers.set(server, outcomes)
  outcomes.push(...(test.meta().outcomes ?? [own(test)]))
}

function own(test: TestCase): Outcome {
  const { state, errors } = test.result()
  if (state === 'pending') return { name: test.name, outcome: 'failed', detail: 'it did not run' }
  return { name: test.name, outcome: state, detail: errors?.[0]?.message ?? '' }
}
