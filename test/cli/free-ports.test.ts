// What `zoarium ensemble start` writes to its files must still be free at the next start.

import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { freePorts, portProblem } from '../../core/cli/free-ports.ts'

function listening(port: number): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve(server))
  })
}

describe('free ports', () => {
  test('are all different, and none of those that the system gives to outgoing connections', async () => {
    const ports = await freePorts(20)
    expect(new Set(ports).size).toBe(20)
    expect(Math.min(...ports)).toBeGreaterThanOrEqual(10_000)
    expect(Math.max(...ports)).toBeLessThan(32_768)
  })

  test('are not those that somebody listens on, nor those that were chosen', async () => {
    const [taken = 0, chosen = 0] = await freePorts(2)
    await using _server = await listening(taken)
    expect(await portProblem(taken)).toBe('EADDRINUSE')
    const others = await freePorts(20, new Set([chosen]))
    expect(others).not.toContain(taken)
    expect(others).not.toContain(chosen)
  })
})
