// recipes: how much fits into one request.

/** What servers take in one request (ZooKeeper: jute.maxbuffer, 1 MiB), with room for what is around it. */
export const MAX_REQUEST_BYTES = 1_000_000 as const
