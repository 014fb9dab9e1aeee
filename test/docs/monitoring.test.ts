import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { COMMANDS } from '../../core/admin/commands/commands-route.ts'
import type { Metric } from '../../core/admin/metrics/metric.ts'
import { ALL_METRICS } from '../../core/admin/metrics/metrics-text.ts'
import { ZOOKEEPER_METRICS } from '../../core/admin/metrics/zookeeper-metrics.ts'
import { expectGenerated } from './generated.ts'

function table(title: string, metrics: readonly Metric[]): string {
  const rows = metrics.map((metric) => {
    const labels = 'labels' in metric && metric.labels.length > 0 ? `{${metric.labels.join(', ')}}` : ''
    return `| \`${metric.name}${labels}\` | ${metric.type} | ${metric.help} |`
  })
  return [`### ${title}`, '', '| name | type | what it is |', '|---|---|---|', ...rows, ''].join('\n')
}

async function page(): Promise<string> {
  return readFile(new URL('../../docs/operations/monitoring.md', import.meta.url), 'utf8')
}

describe('docs/operations/monitoring.md', () => {
  it('lists all metrics', async () => {
    const zookeeper = new Set(ZOOKEEPER_METRICS)
    const ours = ALL_METRICS.filter((metric) => !zookeeper.has(metric) && metric.name.startsWith('zoarium_'))
    const rest = ALL_METRICS.filter((metric) => !zookeeper.has(metric) && !ours.includes(metric))
    const tables = [table("Under ZooKeeper's names", ZOOKEEPER_METRICS), table('Our own', ours), table('The process', rest)]
    await expectGenerated('operations/monitoring.md', 'metrics', tables.join('\n'))
  })

  it('has no alert on a metric that does not exist', async () => {
    const text = await page()
    const alerts = text.slice(text.indexOf('## Alerts worth having'), text.indexOf('## Slow operations'))
    const known = new Set(ALL_METRICS.map(({ name }) => name))
    const used = [...alerts.matchAll(/`([^`]+)`/g)]
      .flatMap(([, code]) => [...(code ?? '').matchAll(/[a-z]+(_[a-z]+)+/g)].map(([name]) => name.replace(/_bucket$/, '')))
      .filter((name) => !['histogram_quantile', 'predict_linear'].includes(name))
    expect(used.length).toBeGreaterThan(15)
    expect(used.filter((name) => !known.has(name))).toEqual([])
  })

  it('names every command with its aliases', async () => {
    const text = await page()
    const rows = text.slice(text.indexOf('| command | aliases |'), text.indexOf('An unknown command'))
    for (const { names } of COMMANDS) for (const name of names) expect(rows).toContain(`\`${name}\``)
  })
})
