import type { Code } from '../../src/errors'
import type { RoomRole } from '../../src/schemas/members'

export const names = ['ana', 'bo', 'cy', 'di'] as const
export type Name = (typeof names)[number]
export type Verdict = Code | 'ok'

export interface ModelMessage {
  seq: number
  author: Name
  nonce: string
  text: string | null
  isEdited: boolean
  isDeleted: boolean
  replyTo: number | null
  replyCount: number
  /** By emoji, in the order in which they were first used: who gave it. */
  reactions: Map<string, Set<Name>>
  isPinned: boolean
  mentions: Name[]
  mentionsRoom: boolean
}

/** What the room knows of someone who ever was in it or banned from it. */
export interface ModelPerson {
  role: RoomRole | null
  wasRemoved: boolean
  isMuted: boolean
  readSeq: number
  readN: number
  sent: number
}

type Act = 'read' | 'post' | 'own' | 'react' | 'moderate' | 'pin' | 'mention all' | 'administer'

// Each role may do what those before it may.
const ranks: RoomRole[] = ['member', 'moderator', 'admin', 'owner']
const needs: Record<Act, RoomRole> = {
  read: 'member',
  post: 'member',
  own: 'member',
  react: 'member',
  moderate: 'moderator',
  pin: 'moderator',
  'mention all': 'moderator',
  administer: 'admin',
}
const guestActs: Act[] = ['read', 'post']
const silenced: Act[] = ['post', 'own', 'react', 'pin', 'mention all']

/** One listed room as its rules are in words: plain arrays and maps, nothing clever. */
export class RoomModel {
  people = new Map<Name, ModelPerson>()
  /** Oldest first: the nth message is at n - 1. */
  messages: ModelMessage[] = []
  banned = new Set<Name>()
  seq = 0
  isOpen = true
  isFrozen = false
  topic: string | null = null
  /** Whose sockets the last step had to end. */
  shutOut = new Set<Name>()

  constructor() {
    this.enter('ana', 'owner')
    this.enter('bo', 'member')
  }

  get n(): number {
    return this.messages.length
  }

  get members(): Name[] {
    return [...this.people].filter(([, { role }]) => role).map(([name]) => name)
  }

  roleOf(name: Name): RoomRole | null {
    return this.people.get(name)?.role ?? null
  }

  rank(name: Name): number {
    return ranks.indexOf(this.roleOf(name) as RoomRole)
  }

  message(seq: number): ModelMessage | undefined {
    return this.messages.find((message) => message.seq === seq)
  }

  enter(name: Name, role: RoomRole): void {
    const known = this.people.get(name)
    const [readSeq, readN] = [this.seq, this.n]
    const kept = { isMuted: known?.isMuted ?? false, sent: known?.sent ?? 0 }
    this.people.set(name, { role, wasRemoved: false, readSeq, readN, ...kept })
    this.seq += 1
  }

  depart(name: Name, wasRemoved: boolean): void {
    Object.assign(this.people.get(name) as ModelPerson, { role: null, wasRemoved })
    this.seq += 1
    if (wasRemoved || !this.isOpen) this.shutOut.add(name)
  }

  /** What keeps a stranger from even being looked at. */
  refused(name: Name): Verdict {
    return !this.roleOf(name) && this.banned.has(name) ? 'banned' : 'ok'
  }

  /** Whether someone may do this, and if not, what they are told. */
  may(name: Name, act: Act): Verdict {
    if (this.refused(name) !== 'ok') return this.refused(name)
    const role = this.roleOf(name)
    const granted = role
      ? ranks.indexOf(role) >= ranks.indexOf(needs[act])
      : this.isOpen && guestActs.includes(act)
    if (!granted) return 'forbidden'
    if (!silenced.includes(act)) return 'ok'
    if (this.isFrozen && this.rank(name) < ranks.indexOf('admin')) return 'frozen'
    return this.people.get(name)?.isMuted ? 'muted' : 'ok'
  }

  /** How many messages someone has not read, and how many of those mention them. */
  unread(name: Name): { unread: number; unreadMentions: number } {
    const missed = this.messages.slice(this.people.get(name)?.readN ?? 0)
    const mentioning = missed.filter((m) => m.mentionsRoom || m.mentions.includes(name))
    return { unread: missed.length, unreadMentions: mentioning.length }
  }

  isLastOwner(name: Name): boolean {
    const owners = this.members.filter((other) => this.roleOf(other) === 'owner')
    return owners.length === 1 && owners[0] === name
  }
}

/** How high a role is. */
export const rankOf = (role: RoomRole): number => ranks.indexOf(role)
