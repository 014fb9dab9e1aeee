import { describe, expect, it } from 'vitest'
import { ALL_METRICS, MetricsText } from '../../core/admin/metrics/metrics-text.ts'
import { RecentQuantiles } from '../../core/admin/metrics/recent-quantiles.ts'
import { ZOOKEEPER_METRICS } from '../../core/admin/metrics/zookeeper-metrics.ts'
import { Distribution } from '../../core/support/distribution.ts'
import { DISK, ENSEMBLE, madeView, STATS } from './made-view.ts'

function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

async function scrape(disk = false): Promise<string> {
  return new MetricsText(madeView(disk ? { stats: () => ({ ...STATS, disk: DISK }) } : {})).text()
}

describe('/metrics', () => {
  it('is text of Prometheus: every line has a name, labels and a number, every metric help and type', async () => {
    const text = await scrape(true)
    for (const line of linesOf(text)) expect(line).toMatch(/^[a-z_]+(\{([a-z]+="[^"]*",?)+\})? -?[0-9.e+-]+$/)
    for (const { name, type } of ALL_METRICS) {
      expect(text).toMatch(new RegExp(`^# HELP ${name} .{5,}$`, 'm'))
      expect(text).toContain(`# TYPE ${name} ${type}\n`)
    }
  })

  it('has no name twice, ours begin with zoarium_, counters end with _total, and units are base units', () => {
    const names = ALL_METRICS.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    const zookeeper = new Set(ZOOKEEPER_METRICS.map(({ name }) => name))
    const ours = ALL_METRICS.filter(({ name }) => !zookeeper.has(name) && !/^(process|nodejs)_/.test(name))
    expect(ours.length).toBeGreaterThan(30)
    for (const { name, type } of ours) {
      expect(name).toMatch(/^zoarium_/)
      expect(name.endsWith('_total')).toBe(type === 'counter')
      expect(name).not.toMatch(/_(ms|kb|mb|millis)(_|$)/)
    }
  })

  it("has ZooKeeper's names with the figures of mntr", async () => {
    const lines = linesOf(await scrape())
    for (const line of [
      'avg_latency 6.66666',
      'max_latency 18',
      'min_latency 0',
      'packets_received 11',
      'num_alive_connections 2',
      'outstanding_requests 3',
      'znode_count 7',
      'watch_count 4',
      'ephemerals_count 1',
      'approximate_data_size 49',
      'global_sessions 1',
      'local_sessions 0',
      'auth_failed_count 6',
      'bytes_received_count 1234',
      'response_bytes 4321',
      'connection_rejected 7',
      'sessionless_connections_expired 8',
      'stale_sessions_expired 3',
      'fsynctime_sum 4',
      'fsynctime_count 2',
      'updatelatency_sum 33',
      'updatelatency_count 3',
      'readlatency_count 3',
      'snapshottime_count 0',
    ]) {
      expect(lines).toContain(line)
    }
    expect(lines.filter((line) => line.startsWith('updatelatency{')).map((line) => line.split(' ')[0])).toEqual([
      'updatelatency{quantile="0.5"}',
      'updatelatency{quantile="0.95"}',
      'updatelatency{quantile="0.99"}',
    ])
  })

  it('has histograms in seconds, whose buckets add up', async () => {
    const lines = linesOf(await scrape())
    for (const line of [
      'zoarium_event_loop_delay_seconds_bucket{le="0.00025"} 1',
      'zoarium_event_loop_delay_seconds_bucket{le="0.032"} 1',
      'zoarium_event_loop_delay_seconds_bucket{le="0.064"} 2',
      'zoarium_event_loop_delay_seconds_bucket{le="+Inf"} 2',
      'zoarium_event_loop_delay_seconds_sum 0.060200000000000004',
      'zoarium_event_loop_delay_seconds_count 2',
      'zoarium_fsync_seconds_bucket{le="0.001"} 1',
      'zoarium_request_seconds_bucket{kind="update",le="0.002"} 2',
      'zoarium_request_seconds_count{kind="read"} 3',
    ]) {
      expect(lines).toContain(line)
    }
  })

  it('tells apart by operation, reason and kind', async () => {
    const lines = linesOf(await scrape())
    expect(lines).toContain('zoarium_requests_total{operation="getData"} 7')
    expect(lines).toContain('zoarium_refused_total{reason="frame_size"} 5')
    expect(lines).toContain('zoarium_watches{kind="persistent"} 1')
    expect(lines).toContain('zoarium_info{version="0.1.0",mode="standalone"} 1')
    expect(lines).toContain('zoarium_term 2')
  })

  it('leaves the disk out for a server in memory, and shows it otherwise', async () => {
    expect(linesOf(await scrape()).filter((line) => /^zoarium_(disk|scrub)_/.test(line))).toEqual([])
    const lines = linesOf(await scrape(true))
    expect(lines).toContain('zoarium_disk_writes_refused 1')
    expect(lines).toContain('zoarium_disk_stalled_seconds 1.2005')
  })

  it('leaves the other servers out for a server alone, and shows each of them otherwise', async () => {
    expect(linesOf(await scrape()).filter((line) => /^(zoarium_(peer|lead)|quorum_size|learners)/.test(line))).toEqual([])
    const lines = linesOf(await new MetricsText(madeView({ ensemble: () => ENSEMBLE })).text())
    for (const line of [
      'zoarium_leading 1',
      'zoarium_leader_id 1',
      'zoarium_election_term 7',
      'zoarium_contact_seconds 0.45',
      'zoarium_leader_changes_total 3',
      'zoarium_lag_entries 0',
      'zoarium_peers_up 1',
      'zoarium_peer_up{server="2"} 1',
      'zoarium_peer_up{server="3"} 0',
      'zoarium_peer_lag_entries{server="2"} 40',
      'zoarium_peer_clock_difference_seconds{server="2"} 1.5',
      'zoarium_peer_bytes_sent_total 900',
      'zoarium_peer_connections_ended_total{reason="reset"} 2',
      'zoarium_peer_turned_away_total{reason="incarnation"} 1',
      'quorum_size 3',
      'synced_followers 1',
      'pending_syncs 2',
      'digest_mismatches_count 2',
      'zoarium_state_agreeing_servers 2',
      'zoarium_peer_state_differs{server="2"} 0',
    ]) {
      expect(lines).toContain(line)
    }
    expect(lines.filter((line) => /^zoarium_peer_(lag|clock).*"3"/.test(line))).toEqual([])
  })

  it('reads values anew at each scrape', async () => {
    let nodeCount = 1
    const metrics = new MetricsText(madeView({ stats: () => ({ ...STATS, nodeCount: nodeCount++ }) }))
    const counts = [await metrics.text(), await metrics.text()].map((text) => Number(/^znode_count (\d+)$/m.exec(text)?.[1]))
    expect(counts[1]).toBe((counts[0] ?? 0) + 1)
  })
})

describe('quantiles of the last minutes', () => {
  it('forget what is older than two minutes', () => {
    const distribution = new Distribution()
    const recent = new RecentQuantiles()
    distribution.record(1000)
    expect(recent.read(distribution, [0.5], 0)[0]).toBeGreaterThan(500)
    distribution.record(1)
    expect(recent.read(distribution, [0.99], 60_000)[0]).toBeLessThanOrEqual(1)
    for (let i = 0; i < 10; i++) distribution.record(1)
    expect(recent.read(distribution, [0.99], 121_000)[0]).toBeLessThanOrEqual(1)
    expect(recent.read(distribution, [0.99], 182_000)[0]).toBe(0)
  })
})
