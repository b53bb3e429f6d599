import type { Member } from '../../schemas/members'
import type { SharedMessage } from '../../schemas/messages'
import { avatarUrl, iso } from '../../schemas/primitives'
import type { LastMessage, Room, SharedRoom } from '../../schemas/rooms'
import { capabilitiesOf, type Rules } from '../policy/permissions'
import { type Person, toSharedMember } from './members'
import * as mentions from './mentions'
import * as messages from './messages'
import * as head from './sequence'
import * as settings from './settings'

const PREVIEW = 140

/** The room as everyone in it sees it. */
export function shared(sql: SqlStorage): SharedRoom {
  const { seq, n } = head.load(sql)
  const room = settings.read(sql)
  const last = messages.findLast(sql)
  return {
    id: room.roomId,
    kind: room.kind,
    access: room.access,
    listed: room.listed,
    receipts: room.receipts,
    hasPassword: room.passwordHash !== null,
    slowModeSeconds: room.slowModeSeconds,
    frozen: room.frozen,
    plainFiles: room.plainFiles,
    name: room.name,
    topic: room.topic,
    avatarUrl: avatarUrl('rooms', room.roomId, room.avatar),
    createdAt: iso(room.createdAt),
    seq,
    n,
    memberCount: room.memberCount,
    lastMessage: last ? preview(last) : null,
  }
}

/** What anyone may see of a listed room that they cannot read. */
export const outside = (sql: SqlStorage): Room => ({
  ...shared(sql),
  lastMessage: null,
  peer: null,
  me: null,
})

/** The room as one person sees it; `person` is as of now, with what is not yet written down. */
export function personal(
  sql: SqlStorage,
  rules: Rules,
  person: Person | undefined,
  now: number,
): Room {
  const room = shared(sql)
  if (!person?.role) return { ...room, peer: null, me: null }
  return {
    ...room,
    // Rooms know names; the route adds the profile.
    peer: null,
    me: {
      role: person.role,
      mutedUntil: person.mutedUntil === null ? null : iso(person.mutedUntil),
      capabilities: capabilitiesOf(rules, person, now),
      readSeq: person.readSeq,
      unread: room.n - person.readN,
      unreadMentions: mentions.unread(sql, person.userId, person.readN),
      visitedAt: iso(person.visitedAt),
      sentCount: person.sentCount,
    },
  }
}

/** A member as lists show them, and how far they have read where that is told. */
export const member = (person: Person, online: boolean, isTold: boolean): Member => ({
  ...toSharedMember(person),
  role: person.role ?? 'member',
  online,
  readSeq: isTold ? person.readSeq : null,
})

const preview = ({ seq, author, text, createdAt }: SharedMessage): LastMessage => ({
  seq,
  author,
  preview: text === null ? null : [...text].slice(0, PREVIEW).join(''),
  createdAt,
})
