import { describe, expect, test } from 'vitest'
import { ANSWERED_WORDS, answerFourLetterWord } from '../../core/admin/four-letter-words.ts'
import type { ConnectionView, ServerStats, ServerView } from '../../core/server/server-view.ts'
import { FOUR_LETTER_WORDS } from '../../core/wire/four-letter.ts'

const STATS: ServerStats = {
  mode: 'standalone',
  startedAtMs: 1_700_000_000_000,
  uptimeMs: 2180.7,
  lastZxid: 2 * 2 ** 32 + 0xab,
  packetsReceived: 11,
  packetsSent: 12,
  connections: 2,
  outstandingRequests: 3,
  minLatencyMs: 0.4,
  avgLatencyMs: 6.66666,
  maxLatencyMs: 17.9,
  nodeCount: 7,
  ephemeralCount: 1,
  sessionCount: 1,
  watchCount: 4,
  approximateDataBytes: 49,
  refusals: new Map([['frame_too_large', 5]]),
  disk: null,
}

const ESTABLISHED: ConnectionView = {
  remote: '127.0.0.1:35828',
  sessionId: '100000d1e020000',
  sessionTimeoutMs: 10_000,
  queued: 0,
  received: 5,
  sent: 6,
  establishedAtMs: 1_795_341_030_170,
  lastOperation: 'create2',
  lastXid: 4,
  lastZxid: 3,
  lastLatencyMs: 4.2,
  minLatencyMs: 0,
  avgLatencyMs: 6.8,
  maxLatencyMs: 17,
}

const BEFORE_HANDSHAKE: ConnectionView = { ...ESTABLISHED, remote: '127.0.0.1:35846', sessionId: '', received: 1, sent: 0 }

function view(changes: Partial<ServerView> = {}): ServerView {
  return {
    version: '0.1.0',
    serving: true,
    readOnly: false,
    stats: () => STATS,
    takeSnapshot: () => null,
    config: () => ({
      clientPort: 2181,
      dataDir: '/data',
      dataDirBytes: 67_109_337,
      tickTimeMs: 2000,
      maxConnectionsPerAddress: 60,
      minSessionTimeoutMs: 4000,
      maxSessionTimeoutMs: 40_000,
      serverId: 1,
    }),
    connections: () => [BEFORE_HANDSHAKE, ESTABLISHED],
    ...changes,
  }
}

function answer(word: string, changes: Partial<ServerView> = {}): string {
  return answerFourLetterWord(word, view(changes), ['*'])
}

describe('four-letter words', () => {
  test('ruok says that the process lives, serving or not', () => {
    expect(answer('ruok')).toBe('imok')
    expect(answer('ruok', { serving: false })).toBe('imok')
  })

  test('isro tells read-write, read-only and not serving apart', () => {
    expect(answer('isro')).toBe('rw')
    expect(answer('isro', { readOnly: true })).toBe('ro')
    expect(answer('isro', { serving: false })).toBe('null')
  })

  test('srvr has the lines of ZooKeeper', () => {
    expect(answer('srvr')).toBe(
      'Zookeeper version: 3.9.0-zoarium-0.1.0\n' +
        'Latency min/avg/max: 0/6.6667/18\n' +
        'Received: 11\n' +
        'Sent: 12\n' +
        'Connections: 2\n' +
        'Outstanding: 3\n' +
        'Zxid: 0x2000000ab\n' +
        'Mode: standalone\n' +
        'Node count: 7\n',
    )
  })

  test('stat lists the clients between version and statistics', () => {
    const text = answer('stat')
    expect(text).toMatch(/^Zookeeper version: \S+\nClients:\n \/127/)
    expect(text).toContain(
      'Clients:\n /127.0.0.1:35846[1](queued=0,recved=1,sent=0)\n /127.0.0.1:35828[1](queued=0,recved=5,sent=6)\n\nLatency min/avg/max: ',
    )
    expect(text).toMatch(/Node count: 7\n$/)
  })

  test('cons adds the session of each connection that has one', () => {
    expect(answer('cons')).toBe(
      ' /127.0.0.1:35846[1](queued=0,recved=1,sent=0)\n' +
        ' /127.0.0.1:35828[1](queued=0,recved=5,sent=6,sid=0x100000d1e020000,lop=CREA,est=1795341030170,to=10000,' +
        'lcxid=0x4,lzxid=0x3,llat=4,minlat=0,avglat=6,maxlat=17)\n\n',
    )
  })

  test('a negative xid is shown as 64 bits, as ZooKeeper does', () => {
    expect(answer('cons', { connections: () => [{ ...ESTABLISHED, lastXid: -2 }] })).toContain('lcxid=0xfffffffffffffffe,')
  })

  test('mntr has one tab-separated zk_ line for each metric', () => {
    const text = answer('mntr')
    expect(text).toMatch(/^(zk_[a-z_]+\t\S+\n)+$/)
    const metrics = Object.fromEntries(
      text
        .trim()
        .split('\n')
        .map((line) => line.split('\t') as [string, string]),
    )
    expect(metrics).toMatchObject({
      zk_version: '3.9.0-zoarium-0.1.0',
      zk_server_state: 'standalone',
      zk_avg_latency: '6.6667',
      zk_min_latency: '0',
      zk_max_latency: '18',
      zk_packets_received: '11',
      zk_packets_sent: '12',
      zk_num_alive_connections: '2',
      zk_outstanding_requests: '3',
      zk_znode_count: '7',
      zk_watch_count: '4',
      zk_ephemerals_count: '1',
      zk_approximate_data_size: '49',
      zk_global_sessions: '1',
      zk_uptime: '2180',
      zk_refused_frame_too_large: '5',
    })
    if (process.platform === 'linux') {
      const { zk_open_file_descriptor_count: open, zk_max_file_descriptor_count: most } = metrics
      expect(Number(open)).toBeGreaterThan(2)
      expect(Number(most)).toBeGreaterThan(Number(open))
    }
  })

  test('whole averages keep a fraction, as Java prints them', () => {
    expect(answer('srvr', { stats: () => ({ ...STATS, avgLatencyMs: 0 }) })).toContain('Latency min/avg/max: 0/0.0/18\n')
  })

  test("conf shows the configuration in ZooKeeper's order", () => {
    expect(answer('conf')).toBe(
      'clientPort=2181\nsecureClientPort=-1\ndataDir=/data\ndataDirSize=67109337\ndataLogDir=/data\ndataLogSize=67109337\n' +
        'tickTime=2000\nmaxClientCnxns=60\nminSessionTimeout=4000\nmaxSessionTimeout=40000\nclientPortListenBacklog=-1\nserverId=1\n',
    )
  })

  test('envi starts with the version that clients parse', () => {
    const text = answer('envi')
    expect(text).toMatch(/^Environment:\nzookeeper\.version=3\.9\.0-zoarium-0\.1\.0\nhost\.name=/)
    expect(text).toContain(`node.version=${process.version}\n`)
    expect(text).toMatch(/\nos\.memory\.total=\d+MB\n$/)
  })

  test('dirs shows the size of the data', () => {
    expect(answer('dirs')).toBe('datadir_size: 67109337\nlogdir_size: 67109337\n')
  })

  test("a word outside the whitelist is refused with ZooKeeper's text", () => {
    expect(answerFourLetterWord('stat', view(), ['srvr', 'ruok'])).toBe('stat is not executed because it is not in the whitelist.\n')
    expect(answerFourLetterWord('ruok', view(), ['srvr', 'ruok'])).toBe('imok')
    expect(answerFourLetterWord('ruok', view(), [])).toBe('ruok is not executed because it is not in the whitelist.\n')
  })

  test('a server that does not serve says so', () => {
    for (const word of ['srvr', 'stat', 'mntr', 'cons', 'conf', 'dirs']) {
      expect(answer(word, { serving: false })).toBe('This ZooKeeper instance is not currently serving requests\n')
    }
  })

  test('every word of ZooKeeper gets an answer, and those that change or cost too much say that they are not offered', () => {
    for (const word of FOUR_LETTER_WORDS) {
      const text = answer(word)
      expect(text).not.toBe('')
      expect(text === `${word} is not supported by this server.\n`).toBe(!ANSWERED_WORDS.includes(word))
    }
  })

  test('mntr shows how the disk does, and nothing of it for a server in memory', () => {
    const disk = {
      freeBytes: 5,
      totalBytes: 10,
      lowBytes: 6,
      reserveBytes: 1,
      writesRefused: true,
      stalledMs: 1200.5,
      stalls: 3,
      scrubPasses: 4,
      scrubbedBytes: 1234,
      damagedFiles: 1,
      damageFound: 2,
    }
    const lines = answer('mntr', { stats: () => ({ ...STATS, disk }) }).split('\n')
    expect(lines.filter((line) => /^zk_(disk|scrub)_/.test(line))).toEqual([
      'zk_disk_free_bytes\t5',
      'zk_disk_total_bytes\t10',
      'zk_disk_low_bytes\t6',
      'zk_disk_reserve_bytes\t1',
      'zk_disk_writes_refused\t1',
      'zk_disk_stalled_ms\t1200',
      'zk_disk_stalls\t3',
      'zk_disk_damaged_files\t1',
      'zk_disk_damage_found\t2',
      'zk_scrub_passes\t4',
      'zk_scrub_bytes\t1234',
    ])
    expect(answer('mntr')).not.toMatch(/zk_(disk|scrub)_/)
  })
})
