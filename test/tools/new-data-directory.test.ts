import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connect } from 'zoarium'
import { startServer } from 'zoarium/server'
import { makeDataDirectory } from '../../core/tools/new-data-directory.ts'
import { TreeDriver } from '../tree/tree-driver.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'zoarium-new-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function sample(): TreeDriver {
  const driver = new TreeDriver()
  driver.create(driver.connect(), '/a', { data: 'x' })
  return driver
}

function meta(driver: TreeDriver): { index: number; term: number; termStart: number } {
  const { lastZxid } = driver.tree
  return { index: 1 + (lastZxid % 2 ** 32), term: Math.floor(lastZxid / 2 ** 32), termStart: 1 }
}

describe('makeDataDirectory', () => {
  it('makes a directory that a server starts on, in a term above the one that was asked for', async () => {
    const driver = sample()
    const data = join(folder, 'deep', 'data')
    await makeDataDirectory(data, { meta: meta(driver), hardStateTerm: 41, chunks: driver.tree.snapshot() })
    expect(readdirSync(join(folder, 'deep'))).toEqual(['data'])
    expect(readdirSync(data).sort()).toEqual(['log', 'snapshots'])
    expect(statSync(data).mode & 0o777).toBe(0o700)
    await using server = await startServer({ dataDir: data })
    await using client = await connect(server.connectString)
    expect((await client.getData('/a')).data?.toString()).toBe('x')
    const { stat } = await client.create('/b')
    expect(stat.czxid >> 32n).toBe(42n)
  })

  it('takes an empty folder for no folder', async () => {
    const driver = sample()
    const data = join(folder, 'data')
    mkdirSync(data)
    await makeDataDirectory(data, { meta: meta(driver), hardStateTerm: 1, chunks: driver.tree.snapshot() })
    expect(readdirSync(data).sort()).toEqual(['log', 'snapshots'])
  })

  it('refuses a folder that holds something, and a file, and leaves them alone', async () => {
    const driver = sample()
    const contents = { meta: meta(driver), hardStateTerm: 1, chunks: driver.tree.snapshot() }
    const data = join(folder, 'data')
    mkdirSync(data)
    writeFileSync(join(data, 'note'), 'mine')
    await expect(makeDataDirectory(data, contents)).rejects.toMatchObject({ code: 'ERR_STORAGE', message: expect.stringContaining('note') })
    expect(readdirSync(data)).toEqual(['note'])
    await expect(makeDataDirectory(join(data, 'note'), contents)).rejects.toMatchObject({ code: 'ERR_STORAGE' })
    expect(readdirSync(folder)).toEqual(['data'])
  })

  it('leaves nothing behind when the source of the snapshot fails', async () => {
    const driver = sample()
    function* failing(): Generator<Buffer> {
      yield Buffer.alloc(100_000)
      throw new Error('no more')
    }
    const data = join(folder, 'data')
    await expect(makeDataDirectory(data, { meta: meta(driver), hardStateTerm: 1, chunks: failing() })).rejects.toMatchObject({
      code: 'ERR_STORAGE',
      message: expect.stringContaining('no more'),
    })
    expect(existsSync(data)).toBe(false)
    expect(readdirSync(folder)).toEqual([])
  })
})
