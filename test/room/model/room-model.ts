import type { Code } from '../../../src/errors'
import type { RoomRole } from '../../../src/schemas/members'
import { type Act, grants, guestActs, rankOf, silenced } from './permissions'

export const names = ['ana', 'bo', 'cy', 'di'] as const
export type Name = (typeof names)[number]
export type Verdict = Code | 'ok'

export interface ModelMessage {
  seq: number
  author: Name
  nonce: string
  text: string | null
  /** What it said before, newest first. */
  versions: string[]
  isDeleted: boolean
  replyTo: number | null
  alsoInRoom: boolean
  replyCount: number
  /** The latest three who replied, the last of them first. */
  repliers: Name[]
  /** By emoji, in the order in which they were first used: who gave it. */
  reactions: Map<string, Set<Name>>
  mentions: Name[]
  mentionsRoom: boolean
}

/** What the room keeps of everyone who was ever a member or was banned. */
export interface ModelMember {
  role: RoomRole | null
  /** The seq by which they came. */
  joined: number
  wasRemoved: boolean
  isMuted: boolean
  /** They had their turn in slow mode, which lasts longer than any test. */
  isSlowed: boolean
  readSeq: number
  readN: number
  readT: number
  sent: number
}

export interface ModelInvite {
  by: Name
  maxUses: number | null
  usedBy: Name[]
  isRevoked: boolean
}

/** One listed room as its rules are in words: plain arrays and maps, nothing clever. */
export class RoomModel {
  knownMembers = new Map<Name, ModelMember>()
  /** Oldest first: the nth message is at n - 1. */
  messages: ModelMessage[] = []
  /** The one pinned last comes first. */
  pins: { seq: number; by: Name }[] = []
  /** Who is banned, and who banned them. */
  bans = new Map<Name, Name>()
  /** In the order they were made. */
  invites: ModelInvite[] = []
  /** Whose account is no more, and how their messages were dealt with. */
  deleted = new Map<Name, 'keep' | 'erase'>()
  seq = 0
  isOpen = true
  isFrozen = false
  isSlow = false
  topic: string | null = null
  /** Whose sockets the last step had to end, and how. */
  disconnected = new Map<Name, number>()

  constructor() {
    this.addMember('ana', 'owner')
    this.addMember('bo', 'member')
  }

  get n(): number {
    return this.messages.length
  }

  /** How many messages the timeline shows, up to the nth. */
  timelineUpTo(n: number): number {
    return this.messages.slice(0, n).filter(isInTimeline).length
  }

  get t(): number {
    return this.timelineUpTo(this.n)
  }

  /** In the order in which they came. */
  get members(): Name[] {
    const inside = [...this.knownMembers].filter(([, { role }]) => role)
    return inside.sort(([, a], [, b]) => a.joined - b.joined).map(([name]) => name)
  }

  /** Of the owners who came first: a room always has one. */
  get owner(): Name {
    return this.members.find((name) => this.roleOf(name) === 'owner') as Name
  }

  roleOf(name: Name): RoomRole | null {
    return this.knownMembers.get(name)?.role ?? null
  }

  rank(name: Name): number {
    return rankOf(this.roleOf(name))
  }

  message(seq: number): ModelMessage | undefined {
    return this.messages.find((message) => message.seq === seq)
  }

  isPinned(seq: number): boolean {
    return this.pins.some((pin) => pin.seq === seq)
  }

  addMember(name: Name, role: RoomRole): void {
    const known = this.knownMembers.get(name) ?? newMember
    const { isMuted, isSlowed, sent } = known
    const [readSeq, readN, readT] = [this.seq, this.n, this.t]
    this.seq += 1
    const kept = { isMuted, isSlowed, sent }
    this.knownMembers.set(name, {
      ...kept,
      role,
      joined: this.seq,
      wasRemoved: false,
      readSeq,
      readN,
      readT,
    })
  }

  removeMember(name: Name, wasRemoved: boolean): void {
    Object.assign(this.knownMembers.get(name) as ModelMember, { role: null, wasRemoved })
    this.seq += 1
    if (wasRemoved) this.revokeInvitesOf(name)
    if (wasRemoved || !this.isOpen) this.disconnected.set(name, 4403)
  }

  /** Invites end with the right to make them. */
  revokeInvitesOf(name: Name): void {
    for (const invite of this.invites) if (invite.by === name) invite.isRevoked = true
  }

  /** Why a stranger is turned away before anything else is looked at. */
  refused(name: Name): Verdict {
    return !this.roleOf(name) && this.bans.has(name) ? 'banned' : 'ok'
  }

  /** Whether a user may do this, and if not, the code of the problem. */
  may(name: Name, act: Act): Verdict {
    if (this.refused(name) !== 'ok') return this.refused(name)
    const role = this.roleOf(name)
    const granted = role ? grants(role, act) : this.isOpen && guestActs.includes(act)
    if (!granted) return 'forbidden'
    if (!silenced.includes(act)) return 'ok'
    if (this.isFrozen && this.rank(name) < rankOf('admin')) return 'frozen'
    return this.knownMembers.get(name)?.isMuted ? 'muted' : 'ok'
  }

  isLastOwner(name: Name): boolean {
    const owners = this.members.filter((other) => this.roleOf(other) === 'owner')
    return owners.length === 1 && owners[0] === name
  }
}

/** Someone whom the room knows and who never was in it. */
export const newMember: ModelMember = {
  role: null,
  joined: 0,
  wasRemoved: false,
  isMuted: false,
  isSlowed: false,
  readSeq: 0,
  readN: 0,
  readT: 0,
  sent: 0,
}

export const isInTimeline = ({ replyTo, alsoInRoom }: ModelMessage): boolean =>
  replyTo === null || alsoInRoom
