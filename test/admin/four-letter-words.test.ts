import { describe, expect, test } from 'vitest'
import { ANSWERED_WORDS, answerFourLetterWord } from '../../core/admin/four-letter-words.ts'
import type { ServerView } from '../../core/server/server-view.ts'
import { FOUR_LETTER_WORDS } from '../../core/wire/four-letter.ts'
import { DISK, ENSEMBLE, ESTABLISHED, madeView, resets, SESSION_A, STATS } from './made-view.ts'

function answer(word: string, changes: Partial<ServerView> = {}): string {
  return answerFourLetterWord(word, madeView(changes), ['*'])
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
      'Clients:\n /127.0.0.1:35846[0](queued=0,recved=1,sent=0)\n /127.0.0.1:35828[1](queued=0,recved=5,sent=6)\n\nLatency min/avg/max: ',
    )
    expect(text).toMatch(/Node count: 7\n$/)
  })

  test('cons adds the session of each connection that has one', () => {
    expect(answer('cons')).toBe(
      ' /127.0.0.1:35846[0](queued=0,recved=1,sent=0)\n' +
        ' /127.0.0.1:35828[1](queued=0,recved=5,sent=6,sid=0x100000d1e020000,lop=CREA,est=1795341030170,to=10000,' +
        'lcxid=0x4,lzxid=0x3,lresp=98765,llat=4,minlat=0,avglat=6,maxlat=17)\n\n',
    )
  })

  test('a negative xid is shown as 64 bits, as ZooKeeper does', () => {
    expect(answer('cons', { connections: () => [{ ...ESTABLISHED, lastXid: -2 }] })).toContain('lcxid=0xfffffffffffffffe,')
  })

  test('mntr has one tab-separated zk_ line for each metric', () => {
    const text = answer('mntr')
    expect(text).toMatch(/^(zk_[a-z0-9_]+\t\S+\n)+$/)
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
      zk_refused_frame_size: '5',
    })
    if (process.platform === 'linux') {
      const { zk_open_file_descriptor_count: open, zk_max_file_descriptor_count: most } = metrics
      expect(Number(open)).toBeGreaterThan(2)
      expect(Number(most)).toBeGreaterThan(Number(open))
    }
  })

  test('a server of an ensemble says what it is in it', () => {
    const ensemble = answer('mntr', { ensemble: () => ENSEMBLE })
    for (const line of ['zk_peer_state\tleading - broadcast', 'zk_quorum_size\t3', 'zk_learners\t1', 'zk_synced_followers\t1']) {
      expect(ensemble.split('\n')).toContain(line)
    }
    const follower = answer('mntr', { ensemble: () => ({ ...ENSEMBLE, role: 'follower', syncedFollowers: null }) })
    expect(follower).toContain('zk_peer_state\tfollowing - broadcast\n')
    expect(follower).not.toContain('zk_synced_followers')
    expect(answer('mntr')).not.toMatch(/zk_(peer_state|quorum_size|learners)/)
    expect(answer('mntr', { ensemble: () => ({ ...ENSEMBLE, inContact: false }) })).toContain('zk_peer_state\tlooking\n')
    expect(answer('conf', { ensemble: () => ENSEMBLE })).toMatch(
      /serverId=1\nquorumPort=2888\npeerType=0\nmembership: \nserver\.1=10\.0\.0\.1:2888:participant;10\.0\.0\.1:2181\nserver\.2=/,
    )
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
    expect(answerFourLetterWord('stat', madeView(), ['srvr', 'ruok'])).toBe('stat is not executed because it is not in the whitelist.\n')
    expect(answerFourLetterWord('ruok', madeView(), ['srvr', 'ruok'])).toBe('imok')
    expect(answerFourLetterWord('ruok', madeView(), [])).toBe('ruok is not executed because it is not in the whitelist.\n')
  })

  test('a server that does not serve says so', () => {
    for (const word of ['srvr', 'stat', 'mntr', 'cons', 'conf', 'dirs']) {
      expect(answer(word, { serving: false })).toBe('This ZooKeeper instance is not currently serving requests\n')
    }
  })

  test('every word of ZooKeeper is answered but stmk, which says that it is not: nothing is traced', () => {
    expect(FOUR_LETTER_WORDS.filter((word) => !ANSWERED_WORDS.includes(word))).toEqual(['stmk'])
    expect(answer('stmk')).toBe('stmk is not supported by this server.\n')
    expect(answer('gtmk')).toBe('0')
    expect(answer('hash')).toBe('100000080: 16\n100000100: -2\n')
    expect(answer('hash', { digests: () => [] })).toBe('')
  })

  test('dump lists sessions by the tick in which they expire, ephemeral nodes and connections', () => {
    expect(answer('dump')).toBe(
      [
        'SessionTracker dump:',
        'Session Sets (2)/(2):',
        '1 expire at Fri Nov 27 23:07:02 UTC 2026:',
        '\t0x100000d1e020000',
        '1 expire at Fri Nov 27 23:07:04 UTC 2026:',
        '\t0xff00000000000001',
        'ephemeral nodes dump:',
        'Sessions with Ephemerals (1):',
        '0x100000d1e020000:',
        '\t/app/e',
        '\t/app/f',
        'Connections dump:',
        'Connections Sets (1)/(1):',
        '1 expire at Fri Nov 27 23:07:02 UTC 2026:',
        '\tip: /127.0.0.1:35828 sessionId: 0x100000d1e020000',
        '',
      ].join('\n'),
    )
  })

  test('wchs, wchc and wchp show watches for data and of addWatch, each session and path once', () => {
    expect(answer('wchs')).toBe('2 connections watching 2 paths\nTotal watches:4\n')
    expect(answer('wchc')).toBe('0x100000d1e020000\n\t/app\n0xff00000000000001\n\t/app\n\t/none\n\n')
    expect(answer('wchp')).toBe('/app\n\t0x100000d1e020000\n\t0xff00000000000001\n/none\n\t0xff00000000000001\n\n')
    expect(answer('wchc', { watched: () => [] })).toBe('\n')
    expect(answer('wchp', { watched: () => [] })).toBe('\n')
  })

  test('a list of a million watches ends somewhere, and says so', () => {
    const many = Array.from({ length: 1_000_000 }, (_, i) => ({ path: `/${i}`, sessionIds: [SESSION_A] }))
    for (const word of ['wchc', 'wchp']) {
      const text = answer(word, { watched: (table) => (table === 'data' ? many : []) })
      expect(text).toMatch(/\n\.\.\. cut short after 100000 lines\n\n$/)
      expect(text.split('\n').length).toBeLessThan(201_000)
    }
    expect(answer('wchs', { watched: (table) => (table === 'data' ? many : []) })).toBe(
      '1 connections watching 1000000 paths\nTotal watches:1000000\n',
    )
  })

  test('a list of a million ephemeral nodes ends somewhere too', () => {
    const ephemerals = new Set(Array.from({ length: 1_000_000 }, (_, i) => `/${i}`))
    const text = answer('dump', { sessions: () => [{ sessionId: SESSION_A, timeoutMs: 1, expiresAtMs: 0, ephemerals }] })
    expect(text).toMatch(/\n\.\.\. cut short after 100000 lines\n$/)
  })

  test('srst and crst begin statistics anew', () => {
    resets.length = 0
    expect(answer('srst')).toBe('Server stats reset.\n')
    expect(answer('crst')).toBe('Connection stats reset.\n')
    expect(resets).toEqual(['server', 'connections'])
  })

  test('mntr shows latencies as ZooKeeper shows its summaries', () => {
    const lines = answer('mntr').split('\n')
    expect(lines).toContain('zk_avg_fsynctime\t2.0')
    expect(lines).toContain('zk_cnt_updatelatency\t3')
    expect(lines).toContain('zk_sum_updatelatency\t33')
    expect(lines).toContain('zk_max_updatelatency\t30')
    expect(lines.filter((line) => line.startsWith('zk_p99_'))).toHaveLength(2)
  })

  test('mntr shows how the disk does, and nothing of it for a server in memory', () => {
    const lines = answer('mntr', { stats: () => ({ ...STATS, disk: DISK }) }).split('\n')
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
