"""A data watch of kazoo on /node that is told to lines on stdout: "connected", then each value.

  kazoo_watch.py HOST:PORT
"""
import sys

from kazoo.client import KazooClient


zk = KazooClient(hosts=sys.argv[1], timeout=10.0)
zk.start()
print('connected', flush=True)


@zk.DataWatch('/node')
def told(data, stat):
    print('value', data.decode(), flush=True)


# Each line of stdin is a read.
for line in sys.stdin:
    print('read', zk.get('/node')[0].decode(), flush=True)
