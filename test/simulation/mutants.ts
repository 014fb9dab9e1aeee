// Mutants that matter to a whole replica: each takes away one rule of core/consensus, core/replica or core/tree. The simulation must find every one.
//
// A mutant is a piece of a source file and what stands there instead. It is applied in memory when the module is loaded (mutant-hook.ts); a test says
// that each piece is still there exactly once (mutants.test.ts). What is no mutant although it looks like one: docs/internals/simulation.md.

import { MUTANTS as OF_CONSENSUS } from '../consensus/campaign/mutants.ts'
import type { Mutant } from '../support/mutants.ts'

/** Of the consensus room's own mutants, those that clients can notice. */
const SHARED = [
  'commit-older-term',
  'acknowledge-before-sync',
  'vote-before-sync',
  'keep-watermark-on-truncation',
  'leader-counts-unsynced',
  'length-before-term',
  'vote-twice',
  'commit-beyond-message',
  'read-without-round',
  'read-older-term',
  'contact-by-receive-time',
  'echo-out-of-contact',
]

const OWN: readonly Mutant[] = [
  {
    name: 'follower-contact-by-receive-time',
    breaks: 'contact of a follower counts from the send time of what was echoed',
    file: 'consensus/following.ts',
    piece: 'if (m.echo > 0) s.contact.echoed(m.echo, s.timing.electionMs)',
    instead: 'if (m.echo > 0) s.contact.extend(s.nowMs + s.timing.electionMs)',
  },
  {
    name: 'counter-of-a-former-life',
    breaks: 'a leader echoes what it has processed last, not what an earlier life of a server counted',
    file: 'consensus/replication.ts',
    piece: '  progress.counter = m.counter\n',
    instead: '  if (m.counter > progress.counter) progress.counter = m.counter\n',
  },
  {
    name: 'reply-out-of-contact',
    breaks: 'nothing is answered out of contact',
    file: 'replica/standing.ts',
    piece: 'return this.alone || this.#state.host.clock() < this.member.contactUntilMs',
    instead: 'return true',
  },
  {
    name: 'forward-before-term-applied',
    breaks: 'nothing is sent to a term before its first entry was applied',
    file: 'replica/member.ts',
    piece: 'if (leaderId === 0 || !this.termApplied) return',
    instead: 'if (leaderId === 0) return\n    if (term > this.#streamTerm) this.stream.termApplied((this.#streamTerm = term))',
    also: [
      { piece: '  #appliedTerm: number\n', instead: '  #appliedTerm: number\n  #streamTerm = 0\n' },
      {
        piece: '    this.#appliedTerm = term\n    this.stream.termApplied(term)\n',
        instead: '    this.#appliedTerm = term\n    if (term > this.#streamTerm) this.stream.termApplied((this.#streamTerm = term))\n',
      },
      {
        piece: 'if (this.#appliedTerm > 0) this.stream.termApplied(this.#appliedTerm)',
        instead: 'if (this.#appliedTerm > 0) this.stream.termApplied((this.#streamTerm = this.#appliedTerm))',
      },
    ],
  },
  {
    name: 'no-question-after-new-link',
    breaks: 'after a new link the origin asks before it sends',
    file: 'replica/origin-stream.ts',
    piece: "interrupted(): void {\n    if (this.#state !== 'idle') this.#ask()",
    instead: 'interrupted(): void {',
  },
  {
    name: 'lost-answer-not-asked-for-again',
    breaks: 'a question whose answer was lost is asked again',
    file: 'replica/member.ts',
    piece: 'if (this.#questionMs <= longAgoMs) this.stream.askAgain()',
    instead: '',
  },
  {
    name: 'out-of-sight-not-asked',
    breaks: 'a leader that was out of sight is asked before more is sent to it',
    file: 'replica/member.ts',
    piece: '    this.stream.interrupted()\n    this.#owner.roleChanged(change)\n',
    instead: '    this.#owner.roleChanged(change)\n',
  },
  {
    name: 'stale-link-read',
    breaks: 'what comes on a link is not read once a later one was accepted',
    file: 'peer/memory-network.ts',
    piece: "    if (former !== undefined) this.#end(former, 'fenced')\n    this.#arrivals.set(arrival.from, arrival)\n",
    instead: `    this.#arrivals.set(arrival.from, arrival)
    for (const lane of ['control', 'bulk'] as const)
      for (const { message } of former?.open === true ? former.lanes[lane] : [])
        this.#network.options.clock.after(this.#network.options.delayMs(arrival.from, this.id), () => {
          if (arrival.open) this.#listener.message(message)
        })
    if (former !== undefined) this.#end(former, 'fenced')
`,
  },
  {
    name: 'answer-to-older-question',
    breaks: 'an answer counts for its own question and no other',
    file: 'replica/origin-stream.ts',
    piece: ' || attempt !== this.#attempt) return',
    instead: ') return',
  },
  {
    name: 'send-all-again-after-answer',
    breaks: 'an origin goes on after the number that the leader has',
    file: 'replica/origin-stream.ts',
    piece: 'this.#sent = Math.max(last, first - 1)',
    instead: 'this.#sent = first - 1',
  },
  {
    name: 'streams-kept-across-terms',
    breaks: 'what a leader knows of streams is empty when its term begins',
    file: 'replica/member.ts',
    piece: '    this.#streams.clear()\n',
    instead: '',
  },
  {
    name: 'refusal-without-entry',
    breaks: 'a number that was taken becomes an entry',
    file: 'replica/member.ts',
    piece: '    for (const payload of payloads) this.#take(payload)\n  }\n\n  #take',
    instead: '    for (const [at, payload] of payloads.entries()) if (at < 3) this.#take(payload)\n  }\n\n  #take',
  },
  {
    name: 'drop-while-handing-over',
    breaks: 'what comes while leadership is handed over is kept until that has succeeded or failed',
    file: 'replica/member.ts',
    piece: '    else this.#deferred.push(payload)\n',
    instead: '',
  },
  {
    name: 'deferred-kept-across-terms',
    breaks: 'what was accepted in a term does not outlive it',
    file: 'replica/member.ts',
    piece: '    this.#streams.clear()\n    this.#deferred = []\n',
    instead: '    this.#streams.clear()\n',
  },
  {
    name: 'forward-of-another-term',
    breaks: 'forward messages count in their own term only',
    file: 'replica/member.ts',
    piece: '    if (message.term !== this.raft.term) return\n',
    instead: '',
  },
  {
    name: 'nonce-kept-after-giving-up',
    breaks: 'a stream that was given up goes on under another nonce',
    file: 'replica/replica.ts',
    piece: '    this.#state.renameStream()\n',
    instead: '',
  },
  {
    name: 'snapshot-without-giving-up',
    breaks: 'what a snapshot has decided is not known: connections close',
    file: 'replica/replica.ts',
    piece: "    this.#giveUp('a snapshot took the place of the state')\n",
    instead: '',
  },
  {
    name: 'expiry-on-missing-tables',
    breaks: 'what is not heard of a server says nothing of its sessions',
    file: 'replica/server-reports.ts',
    piece: 'return report.roundSentMs >= nowMs - this.#freshMs || nowMs >= report.processedMs + silentMs',
    instead: 'return true',
  },
  {
    name: 'former-life-forgotten',
    breaks: 'what a server had heard and not told when it ended is told by nobody',
    file: 'replica/server-reports.ts',
    piece: '    if (nowMs < report.formerMs + silentMs) return false\n',
    instead: '',
  },
  {
    name: 'reports-by-receive-time',
    breaks: 'a report is as fresh as the round that it answers',
    file: 'replica/server-reports.ts',
    piece: 'report.roundSentMs >= nowMs - this.#freshMs',
    instead: 'report.processedMs >= nowMs - this.#freshMs',
  },
  {
    name: 'new-leader-expires-at-once',
    breaks: 'a new leader gives everybody a whole timeout',
    file: 'replica/leader-duties.ts',
    piece: 'this.#tracker.track(session, nowMs)',
    instead: 'this.#tracker.track(session, nowMs - session.timeoutMs)',
  },
  {
    name: 'new-leader-forgets-sessions',
    breaks: 'a new leader watches over all sessions',
    file: 'replica/leader-duties.ts',
    piece: '    for (const session of this.#tree.sessions.values()) this.#tracker.track(session, nowMs)\n',
    instead: '',
  },
  {
    name: 'touches-told-once',
    breaks: 'touches are told until the leader has processed them',
    file: 'replica/touch-log.ts',
    piece: '    for (const { sessions } of this.#told)',
    instead: '    while (this.#told.size > 1) this.#told.shift()\n    for (const { sessions } of this.#told)',
  },
  {
    name: 'touches-not-told',
    breaks: 'a follower tells the leader whom it has heard of',
    file: 'replica/member.ts',
    piece: 'if (!this.raft.leading) this.#touches.touch(session)',
    instead: 'if (this.raft.leaderId === 0) this.#touches.touch(session)',
  },
  {
    name: 'pings-are-no-touches',
    breaks: 'everything that a client sends is a sign of life',
    file: 'replica/clients.ts',
    piece: '      this.#standing.member.touch(c.tracked)\n',
    instead: '      if (chunk.length > 20) this.#standing.member.touch(c.tracked)\n',
  },
  {
    name: 'watch-event-after-reply',
    breaks: 'events come before the reply that reveals their change',
    file: 'replica/applier.ts',
    piece: `    for (const change of applied.changes) {
      history.record(applied.zxid, change)
      watches.trigger(change)
    }
`,
    instead: '',
    also: [
      {
        piece: '    this.#noteSessions(applied)\n',
        instead: `    for (const change of applied.changes) {
      history.record(applied.zxid, change)
      watches.trigger(change)
    }
    this.#noteSessions(applied)
`,
      },
    ],
  },
  {
    name: 'watch-of-missing-node-lost',
    breaks: 'a watch waits for a node that is not there yet',
    file: 'replica/read-requests.ts',
    piece: '    if (watch) this.#watches.add(WatchKind.data, r.text(start, end), c)\n    if (node === undefined) return ErrorCode.noNode\n',
    instead:
      '    if (node === undefined) return ErrorCode.noNode\n    if (watch) this.#watches.add(WatchKind.data, r.text(start, end), c)\n',
  },
  {
    name: 'set-watches-missed',
    breaks: 'a client that comes back hears what changed meanwhile',
    file: 'replica/rearm-watches.ts',
    piece: 'else if (node.mzxid > since) writeEvent',
    instead: 'else if (node.mzxid > since && node.version > 1) writeEvent',
  },
  {
    name: 'replay-beyond-history',
    breaks: 'a replay that lacks something says so',
    file: 'replica/replay-missed.ts',
    piece: 'if (relativeZxid < history.floor) return tree.lastZxid',
    instead: 'if (relativeZxid < history.floor - 50) return tree.lastZxid',
  },
  {
    name: 'sync-without-apply',
    breaks: 'a sync is answered when its index is applied',
    file: 'replica/applier.ts',
    piece: '    sync.pending.waitIndex = index\n    if (index > this.#state.appliedIndex) this.#syncs.push(sync)\n    else this.#clients',
    instead: '    sync.pending.waitIndex = Math.min(index, this.#state.appliedIndex)\n    this.#clients',
  },
  {
    name: 'sync-answered-locally',
    breaks: 'a sync asks the leader',
    file: 'replica/intake.ts',
    piece: 'if (op === OpCode.sync && !this.#replica.alone)',
    instead: 'if (op === OpCode.sync && this.#replica.term < 0)',
  },
  {
    name: 'read-before-earlier-writes',
    breaks: 'a read waits for what its session asked before',
    file: 'replica/intake.ts',
    piece: 'else if (c.pending.size === 0) this.#answer(c, xid, op, r, null)',
    instead: 'else if (c.pending.size < 2) this.#answer(c, xid, op, r, null)',
  },
  {
    name: 'generation-not-checked',
    breaks: 'a newer attach wins over writes of the one before',
    file: 'tree/session-entries.ts',
    piece: 'return session.generation === envelopeUint32(payload, EnvelopeOffset.generation) ? ErrorCode.ok : ErrorCode.sessionMoved',
    instead: 'return session.generation >= envelopeUint32(payload, EnvelopeOffset.generation) ? ErrorCode.ok : ErrorCode.sessionMoved',
  },
  {
    name: 'ephemerals-left-behind',
    breaks: 'the nodes of a session end with it',
    file: 'tree/state-machine.ts',
    piece: '    this.#writes.removeEphemerals(session, this.#context, out)\n',
    instead: '    if (session.ephemerals.size < 2) this.#writes.removeEphemerals(session, this.#context, out)\n',
  },
  {
    name: 'ended-sessions-in-digest',
    breaks: 'equal states have equal running digests, whether from entries or from a snapshot',
    file: 'tree/session-table.ts',
    piece: '    this.#size--\n    session.hashInto(this.digest).take()\n',
    instead: '    this.#size--\n',
  },
  {
    name: 'states-of-other-indices-compared',
    breaks: 'states are compared at the same index',
    file: 'replica/state-digests.ts',
    piece: 'else if (word.index === appliedIndex)',
    instead: 'else if (word.index + 1 >= appliedIndex)',
  },
  {
    name: 'reap-without-a-look',
    breaks: 'whether a container or TTL node is due is decided when the entry is applied',
    file: 'tree/node-writes.ts',
    piece: 'if (!isDue(',
    instead: 'if (false && !isDue(',
  },
]

function shared(name: string): Mutant {
  const mutant = OF_CONSENSUS.find((one) => one.name === name)
  if (mutant === undefined) throw new Error(`the consensus room has no mutant ${name}`)
  return { ...mutant, file: `consensus/${mutant.file}` }
}

export const MUTANTS: readonly Mutant[] = [...SHARED.map(shared), ...OWN]
