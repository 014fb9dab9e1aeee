// A group of members for the scripts: nothing happens that a script does not say. Disks complete when told to, messages wait until they are delivered,
// time stands still between ticks. Everything a member does is a line of the trace.

import type { Message } from '../../core/consensus/messages.ts'
import type { RaftLimits } from '../../core/consensus/options.ts'
import { RaftNode } from '../../core/consensus/raft-node.ts'
import type { Entry, PersistBatch, SnapshotMeta } from '../../core/consensus/types.ts'
import { CODEC, describeConfiguration, describePayload } from './campaign/payloads.ts'
import { SimDisk } from './campaign/sim-disk.ts'

interface Member {
  readonly id: number
  readonly voters: readonly number[]
  readonly disk: SimDisk
  raft: RaftNode | null
  batch: PersistBatch | null
  installing: SnapshotMeta | null
  applied: number
}

export class ScriptGroup {
  readonly #members = new Map<number, Member>()
  #limits: Partial<RaftLimits> = {}
  /** On the way, in the order of sending. */
  #wire: Message[] = []
  readonly #sent: Message[] = []
  #nowMs = 0
  #trace: string[] = []

  /** Runs one command and gives its trace. */
  run(line: string): string[] {
    this.#trace = []
    const [command = '', ...args] = line.trim().split(/\s+/)
    if (command === 'quietly') {
      this.run(args.join(' '))
      return ['ok']
    }
    try {
      this.#command(command, args)
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'InvariantError') throw error
      this.#say(error.message)
    }
    return this.#trace.length === 0 ? ['nothing happens'] : this.#trace
  }

  #command(command: string, args: readonly string[]): void {
    const [first = '', second = ''] = args
    const id = Number(first)
    switch (command) {
      case 'limits':
        this.#limits = Object.fromEntries(args.map((arg) => [arg.split('=')[0] ?? '', Number(arg.split('=')[1])]))
        return
      case 'servers': {
        const voters = Array.from({ length: id }, (_, i) => i + 1)
        for (const voter of voters) this.#add(voter, voters)
        return
      }
      case 'blank':
        this.#add(id, [])
        return
      case 'campaign':
        this.#input(id, (raft) => raft.campaign())
        return
      case 'resign':
        this.#input(id, (raft) => raft.resign())
        return
      case 'propose':
        this.#input(id, (raft) => {
          for (const text of args.slice(1)) raft.propose(Buffer.from(text.padEnd(2)))
        })
        return
      case 'read':
        this.#input(id, (raft) => raft.requestRead(Number(second)))
        return
      case 'transfer':
        this.#input(id, (raft) => this.#say(raft.transferLeadership(Number(second)) ?? 'begun'))
        return
      case 'members':
        this.#input(id, (raft) => this.#changeMembers(raft, args.slice(1)))
        return
      case 'unreachable':
        this.#input(id, (raft) => raft.peerUnreachable(Number(second)))
        return
      case 'refused':
        this.#input(id, (raft) => raft.leaderRefused(Number(second)))
        return
      case 'tick':
        this.#nowMs += Number((args.at(-1) ?? '').replace('+', ''))
        for (const one of args.slice(0, -1)) this.#input(Number(one), (raft) => raft.tick())
        return
      case 'sync':
        for (const one of args) this.#sync(this.#member(Number(one)))
        return
      case 'deliver':
        this.#deliver(args)
        return
      case 'again': {
        // "1->2 vote [N]": the newest such message once more, or the Nth newest.
        const found = this.#sent.filter((message) => matches([first], message) && message.type === second).at(-Number(args[2] ?? 1))
        if (found !== undefined) this.#deliverOne(found)
        return
      }
      case 'drop':
        this.#drop(args)
        return
      case 'settle':
        this.#settle(args.map(Number))
        return
      case 'crash':
        this.#crash(this.#member(id))
        return
      case 'restart':
        this.#restart(this.#member(id), second)
        return
      case 'compact':
        this.#compact(this.#member(id))
        return
      case 'snapshot':
        this.#sendSnapshot(id, Number(second))
        return
      case 'sent':
        this.#input(id, (raft) => raft.snapshotEnded(Number(second), args[2] !== 'failed'))
        return
      case 'installed':
        this.#installed(this.#member(id), second !== 'failed')
        return
      case 'contact':
        for (const one of args) this.#say(`${one} is in contact until ${this.#member(Number(one)).raft?.contactUntilMs}`)
        return
      case 'status':
        for (const one of args.length > 0 ? args.map(Number) : [...this.#members.keys()]) this.#status(this.#member(one))
        return
      default:
        throw new Error(`no such command: ${command}`)
    }
  }

  #add(id: number, voters: readonly number[]): void {
    const member: Member = { id, voters, disk: new SimDisk(), raft: null, batch: null, installing: null, applied: 0 }
    this.#members.set(id, member)
    this.#restart(member, '')
  }

  #restart(member: Member, damage: string): void {
    if (damage !== '') member.disk.damage(Number(damage.split(',')[0]), damage.endsWith(',vote'))
    // Timeouts of 500, 600, 700 ms ... in the order of the ids.
    const random = { next: () => (member.id - 1) / 5, below: () => 0 }
    member.raft = new RaftNode(
      { id: member.id, voters: member.voters, random, limits: this.#limits, codec: CODEC },
      member.disk.restart,
      this.#nowMs,
    )
    member.applied = member.disk.snapshot?.meta.index ?? 0
    this.#endTurn(member)
  }

  #crash(member: Member): void {
    member.raft = null
    member.batch = null
    member.installing = null
    this.#wire = this.#wire.filter(({ from, to }) => from !== member.id && to !== member.id)
    this.#say(`${member.id} is gone, on its disk is ${this.#disk(member)}`)
  }

  #input(id: number, take: (raft: RaftNode) => void): void {
    const member = this.#member(id)
    if (member.raft === null) return
    member.raft.setTime(this.#nowMs)
    take(member.raft)
    this.#endTurn(member)
  }

  #endTurn(member: Member): void {
    const { raft, id } = member
    if (raft === null) return
    const change = raft.takeRoleChange()
    if (change !== null) this.#say(`${id} is ${change.role} of term ${change.term}${follows(id, change.leaderId)}`)
    if (change?.role === 'leader') raft.propose(Buffer.from(`t${change.term}`))
    this.#takeBatch(member, raft)
    for (let entry = raft.nextCommitted(); entry !== undefined; entry = raft.nextCommitted()) {
      member.applied = entry.index
      this.#say(`${id} applies ${describeEntry(entry)}`)
    }
    for (const message of raft.takeMessages()) {
      this.#wire.push(message)
      this.#sent.push(message)
      this.#say(`${id} sends to ${message.to}: ${describeMessage(message)}`)
    }
    this.#takeBatch(member, raft)
    for (const peer of raft.takeSnapshotRequests()) this.#say(`${id} wants a snapshot for ${peer}`)
    for (const { id: read, index } of raft.takeReads()) this.#say(`${id} answers read ${read}: ${index ?? 'lost'}`)
    const install = raft.takeInstall()
    if (install !== null) {
      member.installing = install
      this.#say(`${id} gives its disk the snapshot at ${install.term}/${install.index}`)
    }
    if (raft.takeRecovered()) {
      member.disk.mark = null
      this.#say(`${id} has everything again and counts`)
    }
  }

  #takeBatch(member: Member, raft: RaftNode): void {
    const batch = raft.takePersistBatch()
    if (batch === null) return
    member.batch = batch
    const state = batch.hardState === null ? [] : [`term ${batch.hardState.term} vote ${batch.hardState.votedFor || 'none'}`]
    this.#say(`${member.id} gives its disk ${[...state, ...batch.entries.map(describeEntry)].join(', ')}`)
  }

  #sync(member: Member): boolean {
    const { batch } = member
    if (batch === null || member.raft === null) return false
    member.batch = null
    member.disk.write(batch)
    this.#say(`${member.id}'s disk is done`)
    this.#input(member.id, (raft) => raft.persisted(batch.seq))
    return true
  }

  // "1->2" is a direction, "all" everything that is on the way now.
  #deliver(args: readonly string[]): void {
    const chosen = this.#wire.filter((message) => matches(args, message))
    for (const message of chosen) this.#deliverOne(message)
  }

  #deliverOne(message: Message): void {
    this.#wire = this.#wire.filter((one) => one !== message)
    this.#say(`${message.from} -> ${message.to} ${message.type}`)
    this.#input(message.to, (raft) => raft.step(message))
  }

  #drop(args: readonly string[]): void {
    for (const message of this.#wire.filter((one) => matches(args, one))) {
      this.#say(`lost: ${message.from} -> ${message.to} ${message.type}`)
      this.#wire = this.#wire.filter((one) => one !== message)
    }
  }

  // Messages among these members and their disks, until nothing moves any more.
  #settle(ids: readonly number[]): void {
    const among = ids.length > 0 ? ids : [...this.#members.keys()]
    for (let rounds = 0; rounds < 100; rounds++) {
      const messages = this.#wire.filter(({ from, to }) => among.includes(from) && among.includes(to))
      for (const message of messages) this.#deliverOne(message)
      const synced = among.filter((id) => this.#sync(this.#member(id)))
      if (messages.length === 0 && synced.length === 0) return
    }
    throw new Error('it does not come to rest')
  }

  #changeMembers(raft: RaftNode, args: readonly string[]): void {
    const list = (name: string): number[] => {
      const ids = args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1) ?? ''
      return ids === '' ? [] : ids.split(',').map(Number)
    }
    const result = raft.proposeConfiguration({ voters: list('voters'), learners: list('learners'), context: Buffer.alloc(0) })
    this.#say(typeof result === 'string' ? `refused: ${result}` : `begun with entry ${result.index}`)
  }

  #compact(member: Member): void {
    if (member.raft === null) return
    const meta = member.raft.snapshotMeta(member.applied)
    member.disk.save({ meta, digest: 0 })
    this.#say(`${member.id} keeps a snapshot at ${describeMeta(meta)}`)
  }

  #sendSnapshot(from: number, to: number): void {
    const sender = this.#member(from)
    this.#input(from, (raft) => {
      const message = raft.snapshotStarted(to, raft.snapshotMeta(sender.applied))
      if (message === null) return
      this.#wire.push(message)
      this.#say(`${from} streams to ${to}: ${describeMessage(message)}`)
    })
  }

  #installed(member: Member, worked: boolean): void {
    const meta = member.installing
    if (meta === null) throw new Error('nothing is being installed')
    member.installing = null
    if (worked) {
      member.disk.install({ meta, digest: 0 })
      member.applied = meta.index
    }
    this.#say(`${member.id} ${worked ? 'has' : 'could not keep'} the snapshot`)
    this.#input(member.id, (raft) => raft.installEnded(worked))
  }

  #status(member: Member): void {
    const { raft, id } = member
    if (raft === null) {
      this.#say(`${id}: gone, on its disk is ${this.#disk(member)}`)
      return
    }
    const standing = `${raft.role} of term ${raft.term}${follows(id, raft.leaderId)}`
    const marked = raft.recovering ? ', recovering' : ''
    this.#say(
      `${id}: ${standing}, last ${raft.lastIndex}, durable ${raft.durableIndex}, committed ${raft.commitIndex}${marked}, ${describeConfiguration(raft.configuration)}`,
    )
    for (const peer of raft.peers)
      this.#say(`   ${peer.id}: ${peer.state} match ${peer.match} next ${peer.next}${peer.recovering ? ' recovering' : ''}`)
  }

  #disk({ disk }: Member): string {
    const { term, votedFor } = disk.hardState
    const snapshot = disk.snapshot === null ? '' : ` snapshot ${describeMeta(disk.snapshot.meta)}`
    return `term ${term} vote ${votedFor || 'none'}${snapshot} [${disk.entries.map(describeEntry).join(', ')}]`
  }

  #member(id: number): Member {
    const member = this.#members.get(id)
    if (member === undefined) throw new Error(`there is no server ${id}`)
    return member
  }

  #say(line: string): void {
    this.#trace.push(line)
  }
}

function matches(args: readonly string[], { from, to }: Message): boolean {
  return args.some((arg) => arg === 'all' || arg === `${from}->${to}` || arg === `${from}->*` || arg === `*->${to}`)
}

function follows(id: number, leaderId: number): string {
  return leaderId === 0 || leaderId === id ? '' : `, follows ${leaderId}`
}

function describeEntry(entry: Entry): string {
  return `${entry.term}/${entry.index} ${describePayload(entry.payload).trim()}`
}

function describeMeta(meta: SnapshotMeta): string {
  return `${meta.term}/${meta.index}${meta.configuration === undefined ? '' : ` ${describeConfiguration(meta.configuration)}`}`
}

function describeMessage(m: Message): string {
  switch (m.type) {
    case 'preVote':
    case 'vote':
      return `${m.type} term ${m.term}, log ends ${m.lastTerm}/${m.lastIndex}${m.type === 'vote' && m.transfer ? ', by transfer' : ''}`
    case 'preVoteResponse':
    case 'voteResponse':
      return `${m.type} term ${m.term} ${m.granted ? 'yes' : 'no'}`
    case 'append': {
      const entries = m.entries.length === 0 ? 'nothing' : m.entries.map(describeEntry).join(', ')
      return `append term ${m.term} after ${m.prevTerm}/${m.prevIndex}: ${entries}; committed ${m.commit}`
    }
    case 'appendResponse': {
      const what = m.accepted ? `have ${m.index}` : `no ${m.index}, perhaps ${m.hintTerm}/${m.hintIndex}`
      return `appendResponse term ${m.term} ${what}${m.recovering ? ', recovering' : ''}`
    }
    case 'heartbeat':
      return `heartbeat term ${m.term} round ${m.round}, committed ${m.commit}, echo ${m.echo}`
    case 'heartbeatResponse':
      return `heartbeatResponse term ${m.term} round ${m.round}, counter ${m.counter}${m.recovering ? ', recovering' : ''}`
    case 'snapshot':
      return `snapshot term ${m.term} at ${describeMeta(m.meta)}`
    case 'readRequest':
      return `readRequest term ${m.term} read ${m.id}`
    case 'readResponse':
      return `readResponse term ${m.term} read ${m.id} at ${m.index}`
    case 'timeoutNow':
    case 'termRequest':
    case 'termResponse':
      return `${m.type} term ${m.term}`
  }
}
