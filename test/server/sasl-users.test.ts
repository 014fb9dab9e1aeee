import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { ZoariumError } from '../../core/errors.ts'
import { parseSaslUsers, SaslUsers } from '../../core/server/sasl-users.ts'

const folders: string[] = []

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

async function usersFile(text: string, mode = 0o600): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'zoarium-sasl-'))
  folders.push(folder)
  const file = join(folder, 'users')
  await writeFile(file, text)
  await chmod(file, mode)
  return file
}

function refusal(text: string): string {
  try {
    parseSaslUsers(text, 'users')
  } catch (error) {
    if (ZoariumError.is(error, 'ERR_CONFIG')) return error.message
    throw error
  }
  throw new Error('accepted')
}

describe('the file of SASL users', () => {
  it('has a line for each, passwords with colons too', () => {
    expect(parseSaslUsers('# who\nalice:secret\n\nbob:with:colons \r\n', 'users')).toEqual(
      new Map([
        ['alice', 'secret'],
        ['bob', 'with:colons '],
      ]),
    )
  })

  it('may be the JAAS file of a ZooKeeper: its section Server alone counts', () => {
    const text = `QuorumServer { org.apache.zookeeper.server.auth.DigestLoginModule required user_q="no"; };
      Server {
        org.apache.zookeeper.server.auth.DigestLoginModule required
        user_super="adminsecret"
        user_bob="bobsecret";
      };
      Client { org.apache.zookeeper.server.auth.DigestLoginModule required username="bob" password="bobsecret"; };`
    expect(parseSaslUsers(text, 'users')).toEqual(
      new Map([
        ['super', 'adminsecret'],
        ['bob', 'bobsecret'],
      ]),
    )
  })

  it.each([
    ['', 'users: expected at least one user'],
    ['alice', 'users:1: expected user:password'],
    ['alice:', 'users:1: expected user:password'],
    ['alice:a\nalice:b', 'users:2: user alice stands twice'],
    ['a@b:secret', 'users:1: expected a user name without'],
    ['Client { DigestLoginModule required user_a="b"; };', 'expected a section Server'],
  ])('is refused with its line: %j', (text, message) => {
    expect(refusal(text)).toContain(message)
    expect(refusal(text)).not.toContain('secret')
  })

  it('must be its owner’s alone', async () => {
    const error = await SaslUsers.open(await usersFile('a:b', 0o640)).catch((thrown: unknown) => thrown)
    expect(String(error)).toContain('chmod 600')
  })

  it('is read again on request; a file that is no good changes nothing', async () => {
    const file = await usersFile('a:one')
    const users = await SaslUsers.open(file)
    expect([users.password('a'), users.password('b')]).toEqual(['one', undefined])
    await writeFile(file, 'b:two')
    await users.reload()
    expect([users.password('a'), users.password('b')]).toEqual([undefined, 'two'])
    await writeFile(file, 'nonsense')
    await expect(users.reload()).rejects.toMatchObject({ code: 'ERR_CONFIG' })
    expect(users.password('b')).toBe('two')
  })
})
