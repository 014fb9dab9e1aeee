"""What monitoring asks."""

from harness import check, equal, true


@check
def four_letter_words(c):
    equal(c.zk.command(b'ruok'), 'imok', 'ruok')
    srvr = c.zk.command(b'srvr')
    for field in ('Zookeeper version: ', 'Latency min/avg/max: ', 'Received: ', 'Sent: ', 'Connections: ', 'Outstanding: ', 'Zxid: 0x', 'Mode: ', 'Node count: '):
        true(field in srvr, 'srvr has %r: %r' % (field, srvr))
    equal(c.zk.command(b'isro'), 'rw', 'isro')
    mntr = dict(line.split('\t', 1) for line in c.zk.command(b'mntr').splitlines() if line.count('\t') == 1)
    for key in ('version', 'server_state', 'avg_latency', 'min_latency', 'max_latency', 'packets_received', 'packets_sent', 'num_alive_connections',
                'outstanding_requests', 'znode_count', 'watch_count', 'ephemerals_count', 'approximate_data_size', 'open_file_descriptor_count',
                'max_file_descriptor_count', 'uptime', 'global_sessions'):
        true('zk_' + key in mntr, 'mntr has zk_%s' % key)
    true(mntr['zk_server_state'] in ('standalone', 'leader', 'follower'), 'server state')
    true('sid=0x%x' % (c.zk.client_id[0] & (2 ** 64 - 1)) in c.zk.command(b'cons'), 'cons shows the session')
    true('clientPort=' in c.zk.command(b'conf'), 'conf')
    true(c.zk.server_version() >= (3, 5), 'version')
