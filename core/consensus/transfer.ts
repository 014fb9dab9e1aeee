// consensus: handing leadership over (thesis 3.10): proposals stop, the successor gets the rest of the log, then is told to campaign at once. PURE.
//
//   begin --successor has everything--> timeoutNow --its term comes--> (this leader steps down)
//     \______________________________ one E is over _______________________________________> given up, proposals go on

/** A transfer in its window. Proposals stay blocked until it is over, also after `timeoutNow` has left: whoever won must have every entry. */
export interface Transfer {
  readonly to: number
  readonly deadlineMs: number
  told: boolean
}

export type TransferRefusal = 'notLeader' | 'notVoter' | 'self' | 'transferring'
