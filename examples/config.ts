// examples: a service that reloads its configuration. A server process answers requests by settings that live in a znode; an operator changes
// them while it runs. A change that is not valid is refused where it is written, and one that comes from elsewhere is not applied.
//
//   node dist/examples/config.js

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'zoarium'
import { ConfigStore } from 'zoarium/recipes'
import { startServer } from 'zoarium/server'

interface Settings {
  readonly greeting: string
  /** 1 to 100. */
  readonly repeat: number
}

/** A schema is a function that returns the value or throws, or any Standard Schema object (Zod, Valibot, ArkType, ...). */
function settings(value: unknown): Settings {
  const { greeting, repeat } = (value ?? {}) as Record<string, unknown>
  if (typeof greeting !== 'string' || greeting === '') throw new Error('greeting: expected a text')
  if (!Number.isInteger(repeat) || Number(repeat) < 1 || Number(repeat) > 100)
    throw new Error(`repeat: expected 1 to 100, got ${String(repeat)}`)
  return { greeting, repeat: Number(repeat) }
}

const PATH = '/services/greeter/config'
const zoarium = await startServer()

// The service: reads the settings for every request, never caches them itself.
const serviceClient = await connect(zoarium.connectString)
const config = new ConfigStore(serviceClient, PATH, { schema: settings, defaults: { greeting: 'hello', repeat: 1 } })
await config.start({ onMissing: 'create' })
config.on('changed', ({ version, value }) => console.log(`service: version ${version} is in force: ${JSON.stringify(value)}`))
config.on('rejected', ({ version, issues }) =>
  console.log(`service: version ${version} is refused: ${issues.map(({ message }) => message).join('; ')}`),
)
const service = createServer((_request, response) => {
  const { greeting, repeat } = config.get().value
  response.end(Array.from({ length: repeat }, () => greeting).join(' '))
}).listen(0, '127.0.0.1')
await once(service, 'listening')
const ask = async (): Promise<string> => (await fetch(`http://127.0.0.1:${(service.address() as AddressInfo).port}/`)).text()

/** Resolves when the service has heard of the next change. */
function next(type: 'changed' | 'rejected'): Promise<void> {
  return new Promise((resolve) => {
    const heard = (): void => {
      config.off(type, heard)
      resolve()
    }
    config.on(type, heard)
  })
}

// The operator, elsewhere.
const operatorClient = await connect(zoarium.connectString)
const desk = new ConfigStore(operatorClient, PATH, { schema: settings })
await desk.start()

console.log(`answer: ${await ask()}`)

const changed = next('changed')
await desk.update((draft) => ({ ...draft, repeat: 3 }))
await changed
console.log(`answer: ${await ask()}`)

await desk.update((draft) => ({ ...draft, repeat: 1000 })).catch((error: Error) => console.log(`operator: ${error.message}`))

// Somebody with another tool writes nonsense: the service keeps what was good.
const rejected = next('rejected')
await operatorClient.setData(PATH, '{"greeting": ""}')
await rejected
console.log(`answer: ${await ask()}`)

service.close()
await Promise.all([config.close(), desk.close()])
await Promise.all([serviceClient.close(), operatorClient.close()])
await zoarium.close()
