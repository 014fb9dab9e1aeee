// The interop table as Markdown, between two marks of docs/operations/interop.md.

import type { Outcome } from './outcomes.ts'
import { SERVERS } from './servers.ts'

const BEGIN = '<!-- written by npm run interop-table -->'
const END = '<!-- end -->'

/** What a suite found, by the name of the server. */
export interface SuiteOutcomes {
  readonly suite: string
  readonly outcomes: ReadonlyMap<string, readonly Outcome[]>
}

export function formatSection(suites: readonly SuiteOutcomes[], date: string): string {
  const head = SERVERS.map(([name]) => `| ${title(name)}: passed | failed | skipped `)
  const lines = [`| suite ${head.join('')}|`, `|---${'|---:|---:|---:'.repeat(SERVERS.length)}|`]
  const sorted = [...suites].sort((a, b) => (a.suite < b.suite ? -1 : 1))
  for (const { suite, outcomes } of sorted) {
    const cells = SERVERS.map(([name]) => counts(outcomes.get(name) ?? []))
    lines.push(`| ${suite} | ${cells.join(' | ')} |`)
  }
  const notes = sorted.flatMap(exceptions)
  return [`Last run ${date}.`, '', ...lines, '', ...(notes.length > 0 ? ['Failed and skipped:', '', ...notes, ''] : [])].join('\n')
}

/** The page with another section between its marks. */
export function replaceSection(page: string, section: string): string {
  const begin = page.indexOf(BEGIN)
  const end = page.indexOf(END)
  if (begin < 0 || end < begin) throw new Error(`docs/operations/interop.md has no section between ${BEGIN} and ${END}`)
  return `${page.slice(0, begin + BEGIN.length)}\n${section}${page.slice(end)}`
}

/** The rows of a page's table: of each suite passed, failed and skipped, of one server after the other. */
export function rowsOf(page: string): { readonly suite: string; readonly counts: readonly number[] }[] {
  const section = page.slice(page.indexOf(BEGIN), page.indexOf(END))
  return [...section.matchAll(/^\| (\S+) \| (\d+(?: \| \d+)*) \|$/gm)].map(([, suite = '', cells = '']) => ({
    suite,
    counts: cells.split(' | ').map(Number),
  }))
}

function title(server: string): string {
  switch (server) {
    case 'zoarium':
      return server
    case 'an ensemble of three':
      return 'zoarium, three servers'
    default:
      return 'Apache ZooKeeper 3.8'
  }
}

function counts(outcomes: readonly Outcome[]): string {
  return (['passed', 'failed', 'skipped'] as const).map((wanted) => outcomes.filter(({ outcome }) => outcome === wanted).length).join(' | ')
}

/** One line for each reason of a suite, with the tests that it holds for. */
function exceptions({ suite, outcomes }: SuiteOutcomes): string[] {
  const servers = new Map<string, string[]>()
  for (const [server, own] of outcomes) {
    for (const { name, outcome, detail } of own) {
      if (outcome !== 'passed') append(servers, `${outcome}: ${lastLine(detail)}: \`${name}\``, title(server))
    }
  }
  const tests = new Map<string, string[]>()
  for (const [what, where] of servers) {
    const name = what.slice(what.lastIndexOf('`', what.length - 2))
    const reason = what.slice(0, -name.length)
    append(tests, `${suite}, ${where.length === outcomes.size ? 'all' : where.join(', ')}, ${reason}`, name)
  }
  return [...tests].map(([line, names]) => `- ${line}${names.join(', ')}`)
}

function append(lists: Map<string, string[]>, key: string, value: string): void {
  lists.set(key, [...(lists.get(key) ?? []), value])
}

/** Of a traceback the line that names the error; a reason is one line anyway. */
function lastLine(detail: string): string {
  return detail.trim().split('\n').at(-1)?.replace(/\.$/, '') ?? ''
}
