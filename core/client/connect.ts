// client: the one way in: from a connection string to an established session.

import type { Client } from './client.ts'
import type { ConnectOptions } from './types.ts'

/** Connects. */
export function connect(_servers: string | readonly string[], _options: ConnectOptions = {}): Promise<Client> {
  throw new Error('not built yet')
}
