// The lines of /zookeeper/config, as clients of ZooKeeper read them.
import { expect, test } from 'vitest'
import { ensembleConfig } from '../../core/server/ensemble-config.ts'

const SERVERS = [
  { serverId: 1, host: 'zk1', peerPort: 2888 },
  { serverId: 2, host: '::1', peerPort: 2889 },
]

test('names every server with its ports and where its clients come to', () => {
  const clients = (id: number): string => (id === 1 ? 'zk1:2181' : '[::1]:2182')
  expect(ensembleConfig(SERVERS, clients, '')).toEqual({
    text: 'server.1=zk1:2888:3888:participant;zk1:2181\nserver.2=[::1]:2889:3889:participant;[::1]:2182\n',
    complete: true,
  })
})

test('keeps what was known of a server that says nothing, unless it is at another place now', () => {
  const before = 'server.1=zk1:2888:3888:participant;zk1:2181\nserver.2=zk2:2889:3889:participant;zk2:2182\nversion=100000007'
  expect(ensembleConfig(SERVERS, () => '', before)).toEqual({
    text: 'server.1=zk1:2888:3888:participant;zk1:2181\nserver.2=[::1]:2889:3889:participant\n',
    complete: false,
  })
})

test('the port that is no election port is a port', () => {
  const { text } = ensembleConfig([{ serverId: 1, host: 'a', peerPort: 65_000 }], () => '', '')
  expect(text).toBe('server.1=a:65000:64000:participant\n')
})
