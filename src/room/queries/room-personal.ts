import type { Member } from '../../schemas/members'
import { fromStored } from '../../schemas/metadata'
import { preferencesAt } from '../../schemas/preferences'
import { iso } from '../../schemas/primitives'
import type { Room, RoomMe, SharedRoom } from '../../schemas/rooms'
import { nextPostAt } from '../policy/next-post'
import { capabilitiesOf } from '../policy/permissions'
import type { CachedSettings } from '../state/read-cache'
import { type MemberRecord, toSharedMember } from '../store/members'
import * as mentions from '../store/mentions'
import * as preferences from '../store/preferences'
import * as roomView from '../store/room-view'
import * as threadFollows from '../store/threads/thread-follows'

/** What anyone may see of a listed room that they cannot read. */
export const fromOutside = (sql: SqlStorage): Room => ({
  ...roomView.shared(sql),
  lastMessage: null,
  metadata: {},
  peer: null,
  me: null,
})

/** The room as one user sees it; `member` is as of now, with what is not written down yet. */
export function fromInside(
  sql: SqlStorage,
  rules: CachedSettings,
  member: MemberRecord | undefined,
  now: number,
): Room {
  return withMe(sql, { room: roomView.shared(sql), rules, member }, now)
}

/** A room as its members see it, and what it is to one of them. */
export const withMe = (
  sql: SqlStorage,
  { room, ...mine }: { room: SharedRoom; rules: CachedSettings; member: MemberRecord | undefined },
  now: number,
): Room => ({
  ...room,
  // Rooms know names only; whoever asked adds the profile of the peer.
  peer: null,
  me: toRoomMe(sql, { ...mine, room }, now),
})

/** Someone's own membership; null for a stranger. */
export function toRoomMe(
  sql: SqlStorage,
  {
    rules,
    member,
    room,
  }: {
    rules: CachedSettings
    member: MemberRecord | undefined
    room: Pick<SharedRoom, 'seq' | 't'>
  },
  now: number,
): RoomMe | null {
  if (!member?.role) return null
  const next = nextPostAt(rules, member, now)
  return {
    role: member.role,
    mutedUntil: member.mutedUntil === null ? null : iso(member.mutedUntil),
    nextPostAt: next === null ? null : iso(next),
    capabilities: capabilitiesOf(rules, member, now),
    version: room.seq + member.version + member.marks,
    readSeq: member.readSeq,
    unread: room.t - member.readT,
    unreadMentions: mentions.countUnread(sql, member.userId, member.readN),
    unreadThreads: threadFollows.countUnread(sql, member.userId),
    visitedAt: iso(member.visitedAt),
    sentCount: member.sentCount,
    metadata: fromStored(member.metadata),
    ...preferencesAt(
      preferences.read(sql, member.userId),
      { access: rules.access, t: room.t },
      now,
    ),
  }
}

/** A member as lists show them, and how far they have read where receipts are public. */
export const toMember = (
  member: MemberRecord,
  { online, hasReceipts }: { online: boolean; hasReceipts: boolean },
): Member => ({
  ...toSharedMember(member),
  role: member.role ?? 'member',
  online,
  readSeq: hasReceipts ? member.readSeq : null,
})
