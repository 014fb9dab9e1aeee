// Mutants of the consensus room: each takes away one rule of Raft. The simulation must find every one of them.
//
// A mutant is a piece of a source file and what stands there instead. It is applied in memory when the module is loaded (mutant-hook.ts); a test says
// that each piece is still there exactly once (test/consensus/mutants.test.ts).

import type { Mutant } from '../../support/mutants.ts'

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'commit-older-term',
    breaks: 'a leader commits entries of its own term only',
    file: 'replication.ts',
    piece: 'if (index <= log.commitIndex || log.termAt(index) !== s.term) return',
    instead: 'if (index <= log.commitIndex) return',
  },
  {
    name: 'acknowledge-before-sync',
    breaks: 'an acknowledgement waits until its entries are durable',
    file: 'state.ts',
    piece: 'this.outbox.acknowledge(message, this.log.persist.logSeq)',
    instead: 'this.outbox.acknowledge(message, this.log.persist.stateSeq)',
  },
  {
    name: 'vote-before-sync',
    breaks: 'no message leaves before its term and vote are durable',
    file: 'state.ts',
    piece: 'this.outbox.post(message, this.log.persist.stateSeq)',
    instead: 'this.outbox.post(message, 0)',
  },
  {
    name: 'keep-watermark-on-truncation',
    breaks: 'what was cut off is not durable any more',
    file: 'persist-queue.ts',
    piece: `    this.#durableIndex = Math.min(this.#durableIndex, index - 1)
`,
    instead: '',
  },
  {
    name: 'trust-overwritten-batch',
    breaks: 'the end of a batch at the disk is lowered when its entries are cut off',
    file: 'persist-queue.ts',
    piece: `    this.#outstandingLast = Math.min(this.#outstandingLast, index - 1)
`,
    instead: '',
  },
  {
    name: 'length-before-term',
    breaks: 'of two logs the one with the later last term is newer',
    file: 'log.ts',
    piece: 'return lastTerm > own || (lastTerm === own && lastIndex >= this.#last)',
    instead: 'return lastIndex >= this.#last',
  },
  {
    name: 'vote-twice',
    breaks: 'one vote a term',
    file: 'election.ts',
    piece: 'return s.votedFor === candidate || (s.votedFor === 0 && s.leaderId === 0)',
    instead: 's.votedFor = 0\n  return s.leaderId === 0',
  },
  {
    name: 'keep-vote-of-older-term',
    breaks: 'a raised term at start has no vote',
    file: 'state.ts',
    piece: `      this.votedFor = 0
`,
    instead: '',
  },
  {
    name: 'commit-beyond-message',
    breaks: 'a follower commits no farther than the message vouches for',
    file: 'following.ts',
    piece: 'log.commitTo(Math.min(m.commit, lastNew))',
    instead: 'log.commitTo(Math.min(m.commit, log.lastIndex))',
  },
  {
    name: 'heartbeat-tells-all',
    breaks: 'a heartbeat tells no commit index beyond what the peer has',
    file: 'replication.ts',
    piece: 'const commit = Math.min(progress.match, s.log.commitIndex)',
    instead: 'const commit = Math.min(progress.next - 1, s.log.commitIndex)',
  },
  {
    name: 'leader-counts-unsynced',
    breaks: 'a leader counts itself for what is durable',
    file: 'replication.ts',
    piece: 'leadership.quorumIndex(s.configuration, log.durableIndex)',
    instead: 'leadership.quorumIndex(s.configuration, log.lastIndex)',
  },
  {
    name: 'read-without-round',
    breaks: 'a read waits for a round that began after it',
    file: 'reading.ts',
    piece: 'leadership.rounds.current + 1, index)',
    instead: 'leadership.rounds.confirmed, index)',
  },
  {
    name: 'read-older-term',
    breaks: 'a read waits until the leader has committed in its term',
    file: 'reading.ts',
    piece: 'const index = committedInTerm(s) ? log.commitIndex : -1',
    instead: 'const index = log.commitIndex',
  },
  {
    name: 'one-majority-of-two',
    breaks: 'a joint configuration needs both majorities',
    file: 'quorum.ts',
    piece: 'return configuration.outgoing.length === 0 ? value : Math.min(value, majorityValue(configuration.outgoing, reachedBy))',
    instead: 'return value',
  },
  {
    name: 'configuration-survives-truncation',
    breaks: 'a configuration goes with its entry',
    file: 'state.ts',
    piece: 'if (this.configurations.truncateFrom(index)) this.configurationChanged()',
    instead: '',
  },
  {
    name: 'change-before-term-starts',
    breaks: 'one change at a time',
    file: 'membership.ts',
    piece: "if (isJoint(s.configuration) || s.configurations.index > s.log.commitIndex) return 'changePending'",
    instead: "if (isJoint(s.configuration)) return 'changePending'",
  },
  {
    name: 'snapshot-forgets-joint',
    breaks: 'a snapshot carries the configuration, joint ones too',
    file: 'following.ts',
    piece: 's.configurations.restart(meta.configuration ?? s.configuration, meta.index)',
    instead:
      's.configurations.restart(meta.configuration === undefined ? s.configuration : { ...meta.configuration, outgoing: [] }, meta.index)',
  },
  {
    name: 'truncate-shorter',
    breaks: 'a message that ends before the log does cuts nothing off',
    file: 'following.ts',
    piece: 'store(s, m.entries)',
    instead: 'if (lastNew < log.lastIndex && lastNew >= log.commitIndex) s.truncateFrom(lastNew + 1)\n  store(s, m.entries)',
  },
  {
    name: 'marked-server-votes',
    breaks: 'a server that lost durable data does not vote',
    file: 'election.ts',
    piece: 'return s.configuration.voters.length > 0 && !s.recovery.active',
    instead: 'return s.configuration.voters.length > 0',
  },
  {
    name: 'marked-server-counts',
    breaks: 'a server that lost durable data counts for nothing',
    file: 'leadership.ts',
    piece: 'return progress === undefined || progress.recovering ? undefined : progress',
    instead: 'return progress',
  },
  {
    name: 'no-probe-when-full',
    breaks: 'a window full of lost messages is probed',
    file: 'progress.ts',
    piece: `    if (round <= this.#sentInRound) return
    this.#paused = false`,
    instead: '    if (round <= this.#sentInRound) return',
  },
  {
    name: 'pre-vote-raises-term',
    breaks: 'a refused pre-vote carries the own term, which the asker adopts',
    file: 'election.ts',
    piece: 'term: granted ? m.term : s.term, granted })',
    instead: 'term: granted ? m.term : Math.min(s.term, m.term - 1), granted })',
  },
  {
    name: 'contact-by-receive-time',
    breaks: 'contact counts from the send time of a round',
    file: 'replication.ts',
    piece: 'leadership.contactUntilMs = rounds.confirmedSentMs + s.timing.electionMs',
    instead: 'leadership.contactUntilMs = s.nowMs + s.timing.electionMs',
  },
  {
    name: 'echo-out-of-contact',
    breaks: 'a leader echoes only while it is in contact',
    file: 'replication.ts',
    piece: 'const echo = inContact ? progress.counter : 0',
    instead: 'const echo = progress.counter',
  },
]
