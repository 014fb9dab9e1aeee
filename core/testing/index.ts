// The public entry `zoarium/testing`: a server for other people's tests, and ways to break what is between it and its clients.

// What the declarations need beyond the user's own settings: his tsconfig may name neither.
/// <reference types="node" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />

export type { ServerOptions } from '../server/options.ts'
export type { Server } from '../server/server.ts'
export { expireSession } from './expire-session.ts'
export type { Fault, FaultPlan, Injection } from './faults.ts'
export { FAULTS } from './faults.ts'
export { FaultyNetwork } from './faulty-network.ts'
export type { TestServer } from './test-server.ts'
export { startTestServer } from './test-server.ts'
