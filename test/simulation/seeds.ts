// Seeds that are lived in every test run.

/** What the simulator found, in this code or in itself: a seed that failed once stays. */
export const FAILED_ONCE: readonly { readonly seed: number; readonly why: string }[] = [
  { seed: 8, why: 'a server whose damaged log is found late was expected to serve' },
  { seed: 3, why: 'a process ended behind a cut, and the other end of its link was never told' },
  { seed: 16, why: "the leader's answer to a server's question was lost, and the server never asked again" },
  { seed: 889, why: "a leader's snapshot was to be installed while one of the server's own was being written" },
  { seed: 1241, why: 'a leader whose hand-over was given up appended a request before those that it had deferred' },
  { seed: 825, why: 'a server that was started again was held to be silent: its leader echoed the counter of the life before' },
  { seed: 130, why: 'a client that fell silent never came back' },
]

/** One life to the last event, as the CRC of its timeline. It must be the same in every process and on every version of Node. */
export const RECORDED = { seed: 4711, troubleMs: 1500, fingerprint: 401789373 } as const
