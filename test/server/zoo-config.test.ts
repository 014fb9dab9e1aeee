import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ZoariumError } from '../../core/errors.ts'
import { parseJavaProperties } from '../../core/server/java-properties.ts'
import { resolveServerOptions } from '../../core/server/options.ts'
import { parseZooConfig, readZooConfig } from '../../core/server/zoo-config.ts'
import { findZooKey } from '../../core/server/zoo-keys.ts'

/** From the strings of its classes: -Dzookeeper.* and what QuorumPeerConfig reads, and the keys that 3.9 added. */
const KEYS_OF_3_8 = `
  4lw.commands.whitelist DigestAuthenticationProvider.enabled DigestAuthenticationProvider.superDigest
  X509AuthenticationProvider.superUser admin.commandURL admin.enableServer admin.forceHttps admin.httpVersion admin.idleTimeout
  admin.needClientAuth admin.portUnification admin.rateLimiterIntervalInMS admin.restore.enabled admin.serverAddress
  admin.serverPort admin.snapshot.enabled allowSaslFailedClients audit.enable audit.impl.class authProvider.1 authProvider.x509
  autopurge.purgeInterval autopurge.snapRetainCount bitHashCacheSize client.portUnification client.secure clientCnxnSocket
  clientPort clientPortAddress clientPortListenBacklog clientTcpKeepAlive closeSessionTxn.enabled cnxTimeout commitLogCount
  commitProcessor.maxCommitBatchSize commitProcessor.maxReadBatchSize commitProcessor.numWorkerThreads
  commitProcessor.shutdownTimeout connectToLearnerMasterLimit connection_throttle_decrease_ratio connection_throttle_drop_decrease
  connection_throttle_drop_increase connection_throttle_fill_count connection_throttle_fill_time connection_throttle_freeze_time
  connection_throttle_tokens connection_throttle_weight_enabled dataDir dataLogDir datadir.autocreate db.autocreate digest.enabled
  disableAutoWatchReset dynamicConfigFile electionAlg electionPortBindRetry emulate353TTLNodes enableEagerACLCheck
  enforce.auth.enabled enforce.auth.schemes enforceQuota ensembleAuthName extendedTypesEnabled fastleader.maxNotificationInterval
  fastleader.minNotificationInterval fips-mode flushDelay forceSnapshotSync forceSync
  forward_learner_requests_to_commit_processor_disabled fsync.warningthresholdms globalOutstandingLimit group.1 initLimit
  intBufferStartingSizeBytes jmx.log4j.disable jmx.log4j.mbean jute.maxbuffer jvm.pause.info-threshold.ms jvm.pause.monitor
  jvm.pause.sleep.time.ms jvm.pause.warn-threshold.ms kerberos.canonicalizeHostNames kerberos.removeHostFromPrincipal
  kerberos.removeRealmFromPrincipal kinit largeRequestMaxBytes largeRequestThreshold leader.ackLoggingFrequency
  leader.closeSocketAsync leader.maxConcurrentDiffSyncs leader.maxConcurrentSnapSyncs leader.maxTimeToWaitForEpoch
  leaderConnectDelayDuringRetryMs leaderServes learner.asyncSending learner.closeSocketAsync letAnySaslUserDoX localSessionsEnabled
  localSessionsUpgradingEnabled maxBatchSize maxClientCnxns maxCnxns maxGetChildrenResponseCacheSize maxInProcessingDeadWatchers
  maxResponseCacheSize maxSessionTimeout maxWriteQueuePollTime messageTracker.BufferSize messageTracker.Enabled
  metricsProvider.className metricsProvider.exportJvmInfo metricsProvider.httpHost metricsProvider.httpPort
  metricsProvider.httpsPort minSessionTimeout multiAddress.enabled multiAddress.reachabilityCheckEnabled
  multiAddress.reachabilityCheckTimeoutMs netty.advancedFlowControl.enabled netty.server.earlyDropSecureConnectionHandshakes
  nio.directBufferBytes nio.numSelectorThreads nio.numWorkerThreads nio.sessionlessCnxnTimeout nio.shutdownTimeout
  observer.election.DelayMs observer.reconnectDelayMs observer.syncEnabled observerMaster.sizeLimit observerMasterPort oraclePath
  pathStats.delay pathStats.enabled pathStats.initialDelay pathStats.maxDepth pathStats.sampleRate pathStats.slotCapacity
  pathStats.slotDuration pathStats.topPathMax peerType portUnification preAllocSize quorum.auth.enableSasl
  quorum.auth.learnerRequireSasl quorum.auth.serverRequireSasl quorum.cnxn.threads.size quorumCnxnTimeoutMs quorumListenOnAllIPs
  readonlymode.enabled reconfigEnabled request.timeout request_stale_connection_check request_stale_latency_check
  request_throttle_drop_stale request_throttle_max_requests request_throttle_stall_time request_throttler.shutdownTimeout
  requireKerberosConfig sasl.client sasl.client.canonicalize.hostname sasl.client.username sasl.clientconfig sasl.serverconfig
  secureClientPort secureClientPortAddress security.auth_to_local serializeLastProcessedZxid server.1 server.principal server.realm
  serverCnxnFactory sessionRequireClientSASLAuth skipACL snapCount snapSizeLimitInKb snapshot.compression.method
  snapshot.trust.empty snapshotSizeFactor ssl.clientAuth ssl.keyStore.location ssl.quorum.keyStore.location sslQuorum
  sslQuorumReloadCertFiles standaloneEnabled superUser syncEnabled syncLimit tcpKeepAlive testingonly.initialZxid
  throttled_op_wait_time tickTime txnLogSizeLimitInKb watchManagerName watcherCleanIntervalInSeconds watcherCleanThreadsNum
  watcherCleanThreshold weight.1 znode.container.checkIntervalMs znode.container.maxNeverUsedIntervalMs znode.container.maxPerMinute
`
  .trim()
  .split(/\s+/)

function parse(...lines: string[]): ReturnType<typeof parseZooConfig> {
  return parseZooConfig(lines.join('\n'), 'zoo.cfg')
}

/** Warnings but the one about the missing clientPortAddress. */
function warnings(...lines: string[]): readonly string[] {
  return parse(...lines, 'clientPortAddress=127.0.0.1').warnings
}

function refusal(...lines: string[]): string {
  try {
    parse(...lines)
  } catch (error) {
    if (ZoariumError.is(error, 'ERR_CONFIG')) return error.message
    throw error
  }
  throw new Error(`accepted: ${lines.join(' | ')}`)
}

describe('zoo.cfg', () => {
  test('the sample file of ZooKeeper is understood', () => {
    const { options, warnings } = parse(
      '# The number of milliseconds of each tick',
      'tickTime=2000',
      'initLimit=10',
      'syncLimit=5',
      'dataDir=/tmp/zookeeper',
      'clientPort=2181',
      '#maxClientCnxns=60',
    )
    expect(options).toEqual({ tickTimeMs: 2000, dataDir: '/tmp/zookeeper', port: 2181 })
    expect(warnings).toEqual([
      'zoo.cfg:3: initLimit: ignored: elections have a timing of their own: `zoarium.heartbeatMs`, `zoarium.electionMs`',
      'zoo.cfg:4: syncLimit: ignored: elections have a timing of their own: `zoarium.heartbeatMs`, `zoarium.electionMs`',
      'zoo.cfg: clientPortAddress is not set: listening on 127.0.0.1 only (ZooKeeper listens on every address)',
    ])
  })

  test('every honoured key reaches its option, and the options are valid', () => {
    const { options } = parse(
      'clientPort=2281',
      'clientPortAddress=0.0.0.0',
      'dataDir=/data',
      'dataLogDir=/data/',
      'tickTime=1000',
      'minSessionTimeout=3000',
      'maxSessionTimeout=30000',
      'maxClientCnxns=0',
      'maxCnxns=500',
      'jute.maxbuffer=0x200000',
      'globalOutstandingLimit=200',
      'snapCount=5000',
      '4lw.commands.whitelist=srvr, ruok ,mntr',
      'extendedTypesEnabled=false',
      'enforceQuota=true',
      'skipACL=yes',
      'DigestAuthenticationProvider.superDigest=super:abc=',
      'znode.container.checkIntervalMs=1000',
      'znode.container.maxPerMinute=100',
      'znode.container.maxNeverUsedIntervalMs=60000',
      'nio.sessionlessCnxnTimeout=5000',
    )
    const expected = {
      port: 2281,
      host: '0.0.0.0',
      dataDir: '/data',
      tickTimeMs: 1000,
      minSessionTimeoutMs: 3000,
      maxSessionTimeoutMs: 30_000,
      maxConnectionsPerAddress: 0,
      maxConnections: 500,
      maxFrameBytes: 0x200000,
      maxOutstandingRequests: 200,
      snapshotEveryEntries: 5000,
      fourLetterWords: ['srvr', 'ruok', 'mntr'],
      extendedTypesEnabled: false,
      enforceQuota: true,
      skipAcl: true,
      superDigest: 'super:abc=',
      containerCheckIntervalMs: 1000,
      containerMaxPerMinute: 100,
      containerMaxNeverUsedMs: 60_000,
      handshakeTimeoutMs: 5000,
    }
    expect(options).toEqual(expected)
    expect(resolveServerOptions(options)).toMatchObject(expected)
  })

  test("the prefix of Java's system properties is accepted", () => {
    const { options } = parse(
      'zookeeper.extendedTypesEnabled=true',
      'zookeeper.DigestAuthenticationProvider.superDigest=s:x',
      'zookeeper.snapCount=7',
    )
    expect(options).toEqual({ extendedTypesEnabled: true, superDigest: 's:x', snapshotEveryEntries: 7 })
  })

  test('-1 leaves a session timeout at its default', () => {
    expect(parse('minSessionTimeout=-1', 'maxSessionTimeout=-1').options).toEqual({})
  })

  test('known keys without an effect are ignored with one warning each', () => {
    expect(warnings('admin.idleTimeout=30000', 'autopurge.purgeInterval=1', 'preAllocSize=65536')).toEqual([
      'zoo.cfg:1: admin.idleTimeout: ignored: idle connections to the admin HTTP are closed after 5 s',
      'zoo.cfg:2: autopurge.purgeInterval: ignored: what a snapshot has made superfluous is purged always',
      'zoo.cfg:3: preAllocSize: ignored: segments of the log start at 1 MiB and double to 64 MiB',
    ])
  })

  test('servers of an ensemble, in the grammar of ZooKeeper', () => {
    const { ensemble, options } = parse(
      'server.1=zoo1:2888:3888:participant;2181',
      'server.2=[2001:db8::2]:2888;[::]:2182',
      'zookeeper.server.3=10.0.0.3:2888:3888;10.0.0.3:2183',
    )
    expect([...ensemble.servers]).toEqual([
      [1, { host: 'zoo1', peerPort: 2888, electionPort: true, client: { host: null, port: 2181 } }],
      [2, { host: '2001:db8::2', peerPort: 2888, electionPort: false, client: { host: '::', port: 2182 } }],
      [3, { host: '10.0.0.3', peerPort: 2888, electionPort: true, client: { host: '10.0.0.3', port: 2183 } }],
    ])
    // Which of them this is, and so its client port, only the file myid says.
    expect(options).toEqual({})
  })

  test('election ports are no reason for a warning: one note for the whole file', () => {
    const said = (...lines: string[]): readonly string[] => parse(...lines, 'clientPortAddress=127.0.0.1').notes
    expect(said('server.1=a:1:2', 'server.2=b:1:2', 'server.3=c:1')).toEqual([
      'zoo.cfg: election ports (the second ones of server.N) are not used: elections go over the peer ports',
    ])
    expect(warnings('server.1=a:1:2', 'server.2=b:1:2')).toEqual([])
    expect(said('server.1=a:1', 'server.2=b:1')).toEqual([])
    expect(said('server.1=a:1:2')).toEqual([])
  })

  test('one server alone is no ensemble, as in ZooKeeper', () => {
    expect(parse('server.1=a:2888').ensemble.servers.size).toBe(0)
    expect(warnings('server.1=a:2888')).toEqual([
      'zoo.cfg:1: server.1: one server alone is no ensemble: it runs standalone; name all servers of the ensemble, this one among them',
    ])
  })

  test('lines of servers that cannot be followed are refused with the reason', () => {
    expect(refusal('server.1=a')).toContain('zoo.cfg:1: server.1: expected host:peerPort[:electionPort][:participant]')
    expect(refusal('server.1=a:2888:3888:observer')).toContain('expected a participant: observers are not part of this version')
    expect(refusal('server.1=a:2888:3888:king')).toContain('expected participant, or nothing, after the ports')
    expect(refusal('server.1=a:2888:3888|b:2888:3888')).toContain('expected one address: several for one server are not part of')
    expect(refusal('server.1=a:0')).toContain('expected ports from 1 to 65535, got "a:0"')
    expect(refusal('server.1=a:2888;x:y')).toContain('expected [clientHost:]clientPort after the semicolon')
    expect(refusal('server.1=a:2888;2181;2182')).toContain('expected host:peerPort')
    expect(refusal('server.256=a:2888')).toContain('zoo.cfg:1: server.256: N: expected an integer from 1 to 255, got "256"')
    expect(refusal('server.one=a:2888')).toContain('expected server.N, with N from 1 to 255, got "server.one"')
    expect(refusal('server.1=a:2888', 'server.01=b:2888')).toContain('zoo.cfg:2: server.01: expected one line for server 1')
    expect(refusal('peerType=observer')).toContain('there are no observers')
    expect(refusal('group.1=1:2')).toContain('every server has one vote')
  })

  test('the keys of our own about an ensemble', () => {
    const { ensemble } = parse(
      'zoarium.peerHost=0.0.0.0',
      'zoarium.peerSecretFile=/etc/secret',
      'zoarium.allowPlainPeers=yes',
      'zoarium.heartbeatMs=50',
      'zoarium.electionMs=300',
    )
    expect(ensemble).toMatchObject({
      peerHost: '0.0.0.0',
      security: { secretFile: '/etc/secret', allowPlain: true },
      heartbeatMs: 50,
      electionMs: 300,
    })
    const tls = ['zoarium.peerTls.certFile=/c', 'zoarium.peerTls.keyFile=/k', 'zoarium.peerTls.caFile=/ca']
    expect(parse(...tls).ensemble.security).toEqual({ certFile: '/c', keyFile: '/k', caFile: '/ca' })
    expect(parse('quorumListenOnAllIPs=true').ensemble.peerHost).toBe('0.0.0.0')
    expect(parse('quorumListenOnAllIPs=false').ensemble.peerHost).toBeUndefined()
    expect(refusal('zoarium.heartbeatMs=5')).toContain('zoo.cfg:1: zoarium.heartbeatMs: expected an integer from 10 to 10000, got "5"')
    expect(refusal('zoarium.peerSecretFile=')).toContain('expected a value')
    expect(refusal('zoarium.peerSecretfile=x')).toContain('did you mean zoarium.peerSecretFile?')
  })

  test('what would open the server wider than the file says is refused', () => {
    for (const line of ['sslQuorum=true', 'authProvider.1=x.Y', 'requireClientAuthScheme=sasl']) {
      expect(refusal(line)).toContain(`zoo.cfg:1: ${line.split('=')[0]}: expected `)
    }
    expect(warnings('sslQuorum=false')).toEqual(['zoo.cfg:1: sslQuorum: ignored: false is what this server does anyway'])
  })

  test('an unknown key is an error that names the nearest known one', () => {
    expect(refusal('tickTime=2000', 'clientport=2181')).toContain(
      'zoo.cfg:2: clientport: expected a key of zoo.cfg, got an unknown one; did you mean clientPort?',
    )
    expect(refusal('maxSesionTimeout=1')).toContain('did you mean maxSessionTimeout?')
    expect(refusal('zookeeper.snapCont=1')).toContain('did you mean snapCount?')
    expect(refusal('banana=1')).not.toContain('did you mean')
    expect(refusal('constructor=1')).toContain('an unknown one')
  })

  test('a bad value is an error that names key, line, expectation and value', () => {
    expect(refusal('', 'tickTime=2s')).toContain('zoo.cfg:2: tickTime: expected an integer from 1 to 2147483647, got "2s"')
    expect(refusal('clientPort=65536')).toContain('zoo.cfg:1: clientPort: expected an integer from 0 to 65535, got "65536"')
    expect(refusal('snapCount=')).toContain('got ""')
    expect(refusal('skipACL=maybe')).toContain('zoo.cfg:1: skipACL: expected true, false, yes or no, got "maybe"')
    expect(refusal('dataDir=')).toContain('zoo.cfg:1: dataDir: expected a value, got ""')
  })

  test('a secret never appears in a message', () => {
    expect(refusal('superDigest=topsecret')).not.toContain('topsecret')
  })

  test('the log lives in the data folder, so dataLogDir may only name that one', () => {
    expect(parse('dataLogDir=/data/../data', 'dataDir=/data').options).toEqual({ dataDir: '/data' })
    expect(refusal('dataDir=/data', 'dataLogDir=/log')).toContain(
      'zoo.cfg:2: dataLogDir: expected the same folder as dataDir (/data), got "/log"',
    )
    expect(refusal('dataLogDir=/log')).toContain('zoo.cfg:1: dataLogDir: expected dataDir to be set to the same folder')
  })

  test('TLS: the keys of the stores, the secure port, and what ZooKeeper means where nothing is said', () => {
    const store = 'ssl.keyStore.location=/tls/server.pem'
    expect(parse('secureClientPort=2281', store, 'ssl.trustStore.location=/tls/ca.pem', 'ssl.keyStore.password=x').options).toEqual({
      port: null,
      securePort: 2281,
      tlsCertFile: '/tls/server.pem',
      tlsCaFile: '/tls/ca.pem',
      tlsPassphrase: 'x',
    })
    expect(parse('clientPort=2181', 'client.portUnification=true', store, 'ssl.clientAuth=none').options).toEqual({
      port: 2181,
      portUnification: true,
      tlsCertFile: '/tls/server.pem',
      tlsClientAuth: 'none',
    })
    expect(refusal('secureClientPort=2281', store)).toContain(
      'zoo.cfg:2: ssl.keyStore.location: expected ssl.trustStore.location, too, or ssl.clientAuth=none',
    )
    expect(refusal('ssl.keyStore.type=JKS')).toContain('expected PEM or PKCS12')
    expect(refusal('ssl.trustStore.type=PKCS12')).toContain('expected PEM')
    expect(refusal('ssl.enabledProtocols=TLSv1.3,TLSv1.1')).toContain('expected TLSv1.3 or TLSv1.3,TLSv1.2')
    expect(parse('ssl.enabledProtocols=TLSv1.3').options).toEqual({ tlsMinVersion: 'TLSv1.3' })
    expect(parse('ssl.protocol=TLSv1.2', 'ssl.enabledProtocols=TLSv1.2,TLSv1.3').options).toEqual({ tlsMinVersion: 'TLSv1.2' })
    expect(refusal('ssl.ciphersuites=TLS_X')).toContain('the ciphers are those of Node.js')
    expect(refusal('ssl.crl=true')).toContain('--tls-crl-file')
    expect(refusal('ssl.keyStore.passwordPath=/nowhere')).toContain('expected a readable file')
  })

  test('providers that are built in are ignored, others refused', () => {
    expect(warnings('authProvider.x509=org.apache.zookeeper.server.auth.X509AuthenticationProvider')).toEqual([
      'zoo.cfg:1: authProvider.x509: ignored: this provider is always there',
    ])
    expect(refusal('authProvider.1=x.Y')).toContain('others cannot be plugged in')
  })

  test('required identities, in both ways of saying it', () => {
    expect(parse('sessionRequireClientSASLAuth=true', 'enforce.auth.enabled=false').options).toEqual({ requireAuthSchemes: ['sasl'] })
    expect(parse('enforce.auth.enabled=true', 'enforce.auth.schemes=sasl, x509').options).toEqual({ requireAuthSchemes: ['sasl', 'x509'] })
    expect(refusal('enforce.auth.enabled=true')).toContain('zoo.cfg:1: enforce.auth.enabled: expected enforce.auth.schemes to name some')
    expect(warnings('enforce.auth.schemes=sasl')).toEqual(['zoo.cfg:1: enforce.auth.schemes: ignored: enforce.auth.enabled is not true'])
    expect(parse('superUser=bob', 'X509AuthenticationProvider.superUser=CN=a').options).toEqual({
      saslSuperUser: 'bob',
      x509SuperUser: 'CN=a',
    })
    expect(() => resolveServerOptions({ requireAuthSchemes: ['sasl'] })).toThrow('saslUsersFile')
    expect(() => resolveServerOptions({ requireAuthSchemes: ['x509'] })).toThrow('tlsCaFile')
    expect(() => resolveServerOptions({ requireAuthSchemes: ['kerberos'] })).toThrow('some of sasl, digest, x509, ip')
  })

  test('contradictory session timeouts are refused with their lines', () => {
    expect(refusal('maxSessionTimeout=5000', 'minSessionTimeout=6000')).toContain(
      'zoo.cfg:2: minSessionTimeout: expected at most maxSessionTimeout (5000, line 1), got "6000"',
    )
  })

  test('a key that is set twice: the last wins, with a warning', () => {
    expect(parse('tickTime=1000', 'tickTime=3000').options.tickTimeMs).toBe(3000)
    expect(warnings('tickTime=1000', 'tickTime=3000')).toEqual(['zoo.cfg:2: tickTime: set again, this line wins over line 1'])
  })

  test('unknown words of the whitelist are warned about', () => {
    expect(parse('4lw.commands.whitelist=*').options.fourLetterWords).toEqual(['*'])
    expect(warnings('4lw.commands.whitelist=ruok,rouk')).toEqual(['zoo.cfg:1: 4lw.commands.whitelist: no such four-letter word: rouk'])
  })

  test('a file that cannot be read is an error with its name', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'zoo-config-'))
    try {
      const path = join(folder, 'zoo.cfg')
      await expect(readZooConfig(path)).rejects.toThrow(`${path}: expected a readable configuration file, got: ENOENT`)
      await writeFile(path, 'clientPort=1234\n')
      expect((await readZooConfig(path)).options.port).toBe(1234)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('the keys of the admin HTTP and of metrics work together, in any order', () => {
    const prometheus = 'metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider'
    const open = ['admin.serverAddress=0.0.0.0', 'metricsProvider.httpHost=0.0.0.0']
    const parsed = (...lines: string[]): unknown => parse(...lines, ...open).options
    const hosts = { adminHost: '0.0.0.0', metricsHost: '0.0.0.0' }
    expect(parsed('admin.serverPort=9000', 'admin.enableServer=true')).toEqual({ adminPort: 9000, ...hosts })
    expect(parsed('admin.enableServer=true')).toEqual({ adminPort: 8080, ...hosts })
    expect(parsed('admin.serverPort=9000', 'admin.enableServer=false')).toEqual({ adminPort: null, ...hosts })
    expect(parsed('admin.serverPort=9000')).toEqual({ adminPort: 9000, ...hosts })
    expect(parsed('admin.commandURL=/zk/commands')).toEqual({ adminCommandPath: '/zk/commands', ...hosts })
    expect(parsed(prometheus)).toEqual({ metricsPort: 7000, ...hosts })
    expect(parsed('metricsProvider.httpPort=7070', prometheus)).toEqual({ metricsPort: 7070, ...hosts })
    expect(parsed('metricsProvider.className=org.apache.zookeeper.metrics.impl.DefaultMetricsProvider')).toEqual(hosts)
    expect(refusal('metricsProvider.className=com.example.Mine')).toContain('expected PrometheusMetricsProvider, DefaultMetricsProvider or')
    expect(refusal('admin.commandURL=commands')).toContain('expected a path such as /commands, got "commands"')
    expect(refusal('admin.forceHttps=true')).toContain('expected false: the admin HTTP speaks plain HTTP')
    expect(warnings('metricsProvider.httpPort=7070')).toEqual([
      'zoo.cfg:1: metricsProvider.httpPort: ignored: metricsProvider.className is not that of Prometheus',
    ])
    expect(warnings('admin.serverPort=9000', prometheus)).toEqual([
      'zoo.cfg:1: admin.serverPort: admin.serverAddress is not set: the admin HTTP listens on 127.0.0.1 only (ZooKeeper listens on every address)',
      'zoo.cfg:2: metricsProvider.className: metricsProvider.httpHost is not set: metrics are served on 127.0.0.1 only (ZooKeeper listens on every address)',
    ])
  })

  test('every key that stands in the code of ZooKeeper 3.8, and every one that 3.9 added, is known', () => {
    expect(KEYS_OF_3_8.filter((key) => findZooKey(key) === null)).toEqual([])
  })
})

describe('Java properties', () => {
  function pairs(text: string): [string, string][] {
    return parseJavaProperties(text).map(({ key, value }) => [key, value])
  }

  test('keys end at =, : or blanks', () => {
    expect(pairs('a=1\nb: 2\nc 3\n  d =  4  \ne')).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
      ['d', '4'],
      ['e', ''],
    ])
  })

  test('comments and empty lines are nothing', () => {
    expect(pairs('# a=1\n! b=2\n\n   \n   # c\nd=#4')).toEqual([['d', '#4']])
  })

  test('a backslash continues a line, and an escaped one does not', () => {
    expect(pairs('a=1,\\\n   2,\\\n   3\nb=\\\\\nc=4')).toEqual([
      ['a', '1,2,3'],
      ['b', '\\'],
      ['c', '4'],
    ])
    expect(parseJavaProperties('a=1,\\\n 2\nb=3').map(({ line }) => line)).toEqual([1, 3])
    expect(pairs('a=1\\')).toEqual([['a', '1']])
  })

  test('escapes', () => {
    expect(pairs('a\\=b\\ c=x\\ty\\u0041\\:')).toEqual([['a=b c', 'x\tyA:']])
    expect(pairs('dir=C:\\\\data')).toEqual([['dir', 'C:\\data']])
  })

  test('line ends of every system', () => {
    expect(pairs('\uFEFFa=1\r\nb=2\rc=3\n')).toEqual([
      ['a', '1'],
      ['b', '2'],
      ['c', '3'],
    ])
  })
})
