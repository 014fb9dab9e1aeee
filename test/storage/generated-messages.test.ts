import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { ZoariumError } from '../../core/errors.ts'
import { decodeHardState, decodeSnapshotMetadata, encodeHardState, encodeSnapshotMetadata } from '../../core/storage/messages.ts'

// Much computing or many syncs: seconds on a quiet machine, more on a busy one.
vi.setConfig({ testTimeout: 180_000 })

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'zoarium-gen-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the generated messages', () => {
  it('are what `npm run gen` makes of messages.proto', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { gen: string } }
    const [command, ...options] = scripts.gen.split(' ')
    const out = join(folder, 'messages.js')
    const redirected = options.map((option) => (option === 'core/peer/gen/messages.js' ? out : option))
    expect(redirected).toContain(out)
    execFileSync(process.execPath, [join(root, 'node_modules', 'protobufjs-cli', 'bin', command ?? ''), ...redirected], { cwd: root })
    for (const name of ['messages.js', 'messages.d.ts']) {
      expect(
        readFileSync(join(folder, name), 'utf8') === readFileSync(join(root, 'core/peer/gen', name), 'utf8'),
        `${name} is out of date`,
      ).toBe(true)
    }
  })

  it('carry numbers up to 2^53 exactly', () => {
    const state = { term: 2 ** 21, votedFor: 2 ** 32 - 1, commit: 2 ** 53 - 1 }
    expect(decodeHardState(encodeHardState(state))).toEqual(state)
    const metadata = {
      formatVersion: 1,
      meta: { index: 2 ** 53 - 1, term: 5, termStart: 0 },
      totalBytes: 2 ** 40,
      chunkCount: 0,
      sha256: Buffer.alloc(32, 9),
    }
    expect(decodeSnapshotMetadata(encodeSnapshotMetadata(metadata))).toEqual(metadata)
    const configuration = {
      voters: [1, 2 ** 32 - 1],
      outgoing: [1, 2],
      learners: [7],
      learnersNext: [2],
      context: Buffer.from('addresses'),
    }
    const withCompany = { ...metadata, meta: { ...metadata.meta, configuration } }
    expect(decodeSnapshotMetadata(encodeSnapshotMetadata(withCompany))).toEqual(withCompany)
  })

  it('that cannot be decoded are an error of storage', () => {
    const bad = [Buffer.from([9, 1, 2]), Buffer.from([0x0a]), encodeHardState({ term: 0.5, votedFor: 0, commit: 0 })]
    for (const bytes of bad) {
      let error: unknown = null
      try {
        decodeHardState(bytes)
      } catch (thrown) {
        error = thrown
      }
      expect(ZoariumError.is(error, 'ERR_STORAGE')).toBe(true)
    }
  })
})
