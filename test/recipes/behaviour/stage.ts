// test: a server of either make, a client behind a network that breaks, and an eye that goes around it. The files beside this one run
// unchanged on this package's server (npm test) and on Apache ZooKeeper (npm run test:interop).

import { type Client, type ConnectOptions, ZoariumError } from '../../../core/index.ts'
import { FAULTS, type Fault } from '../../../core/testing/index.ts'
import { type ServerUnderTest, serverUnderTest } from '../../client/behaviour/server-under-test.ts'
import { type Fixture, reaches, until } from '../../client/support.ts'

/** The faults that break a connection at one message. Held and delayed messages need deadlines, which the client's own suite has. */
export const CUTS: readonly Fault[] = FAULTS.filter((fault) => fault.startsWith('cut'))

export class Stage {
  readonly server: ServerUnderTest
  readonly fixture: Fixture
  /** Not behind the network. */
  readonly eye: Client
  /** Behind it. */
  readonly client: Client

  private constructor(fixture: Fixture, server: ServerUnderTest, eye: Client, client: Client) {
    this.fixture = fixture
    this.server = server
    this.eye = eye
    this.client = client
  }

  static async open(fixture: Fixture, options: ConnectOptions = {}): Promise<Stage> {
    const server = await serverUnderTest(fixture)
    const eye = await fixture.client(server.direct)
    return new Stage(fixture, server, eye, await fixture.client(server.connectString, { backoff: () => 1, ...options }))
  }

  /** Another client behind the network. */
  another(options: ConnectOptions = {}): Promise<Client> {
    return this.fixture.client(this.server.connectString, { backoff: () => 1, ...options })
  }

  /** Has `work` done while the client cannot reach the server; resolves when it is attached again. */
  async whileAway(work: () => Promise<void>, client: Client = this.client): Promise<void> {
    const suspended = reaches(client, 'suspended')
    this.server.network.refuse()
    await suspended
    await work()
    const connected = reaches(client, 'connected')
    this.server.network.accept()
    await connected
  }

  /** Ends the client's session, has `work` done, and resolves when the next session is there. */
  async newSession(work: () => Promise<void> = async () => {}, client: Client = this.client): Promise<void> {
    const { session } = client
    this.server.network.refuse()
    await this.server.expire(client)
    await work()
    this.server.network.accept()
    await until('the next session', () => client.session.id !== session.id && client.status.type === 'connected')
  }

  /** Names below `path`, as the leader knows them; none if it is missing. */
  async names(path: string): Promise<string[]> {
    await this.eye.sync('/')
    return this.eye.getChildren(path).then(
      ({ children }) => children.sort(),
      (error: unknown) => {
        if (ZoariumError.is(error, 'NO_NODE')) return []
        throw error
      },
    )
  }

  /** Nothing is left at the server: no watch of anybody. */
  async noWatches(): Promise<void> {
    await until('no watches at the server', async () => (await this.server.watchCount()) === 0)
  }

  async noneBelow(path: string): Promise<void> {
    await until(`nothing below ${path}`, async () => (await this.names(path)).length === 0)
  }
}
