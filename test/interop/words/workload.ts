// What both servers have seen when they are asked: sessions with ephemeral nodes, watches for data and children, an exists watch, writes.

import { type Client, connect } from '../../../core/index.ts'

function ignore(): void {}

/** Two clients that stay connected until they are closed. */
export async function startWorkload(hosts: string): Promise<readonly Client[]> {
  const first = await connect(hosts, { sessionTimeoutMs: 20_000 })
  const second = await connect(hosts, { sessionTimeoutMs: 20_000 })
  await first.create('/app')
  await first.create('/app/x', 'data')
  await first.create('/app/mine', '', { mode: 'ephemeral' })
  await second.create('/app/theirs', 'abc', { mode: 'ephemeral' })
  for (let i = 0; i < 20; i++) await first.setData('/app/x', `data ${i}`)
  await first.getData('/app/x', { watch: ignore })
  await second.getData('/app/x', { watch: ignore })
  await second.exists('/app/later', { watch: ignore })
  await first.getChildren('/app', { watch: ignore })
  return [first, second]
}
