import { ApiError, type Code } from '../../errors'
import type { AuditEntry } from '../../schemas/audit'
import type { Member } from '../../schemas/members'
import type { Room } from '../../schemas/rooms'
import type { RoomSockets } from '../connections/room-sockets'
import { authorize, findActor, type RequestContext } from '../policy/authorize'
import { arePeersHidden } from '../policy/peer-visibility'
import { capabilitiesOf } from '../policy/permissions'
import * as readReceipts from '../policy/read-receipts'
import { searchMembers } from '../search/member-search'
import { cachedSettings } from '../state/read-cache'
import * as audit from '../store/audit'
import * as members from '../store/members'
import * as roster from '../store/roster'
import { fromInside, fromOutside, toMember } from './room-personal'

/** What queries about people need beside the request: who is online. */
type PresenceContext = RequestContext & { sockets: RoomSockets }

/** The room as the caller may see it. A listed one is shown to everyone, from outside. */
export function readRoom(context: RequestContext): Room {
  const { state, now } = context
  const { sql, memberCounters } = state
  const actor = findActor(context)
  const { rules, userId } = actor
  if (!capabilitiesOf(rules, actor, now).includes('room.read')) return fromOutside(sql)
  const member = members.find(sql, userId)
  return fromInside(sql, rules, member && memberCounters.addTo(member), now)
}

/**
 * The same for someone who knows the room's key, which can be guessed, unlike its id: of a room that a stranger cannot see
 * nobody learns more than a stranger does, such as that they are banned there.
 */
export function readByKey(
  context: RequestContext,
): { state: 'found'; room: Room } | { state: 'hidden' } {
  try {
    return { state: 'found', room: readRoom(context) }
  } catch (error) {
    const { access, listed } = cachedSettings(context.state)
    const isHidden = access === 'closed' && !listed
    if (isHidden && error instanceof ApiError && HIDING.has(error.code)) return { state: 'hidden' }
    throw error
  }
}

const HIDING = new Set<Code>(['banned', 'not_found'])

export function listAudit(
  context: RequestContext,
  { before, limit }: { before: number; limit: number },
): AuditEntry[] {
  authorize(context, 'audit.read')
  return audit.list(context.state.sql, before, limit)
}

/** Throws `not_found` for someone who is no member. */
export function readMember(context: PresenceContext, { userId }: { userId: string }): Member {
  authorize(context, 'room.read')
  const { state } = context
  const member = members.get(state.sql, userId)
  if (!member.role) throw new ApiError('not_found', 'There is no such member in this room.')
  return memberView(context)(member)
}

interface MembersInput {
  /** The beginning of a word of their names. */
  search?: string | undefined
  after: roster.MemberCursor | null
  limit: number
}

/** Members in the order they joined, all or those a search finds, and where the next page starts. */
export function listMembers(
  context: PresenceContext,
  { search, after, limit }: MembersInput,
): { items: Member[]; next: roster.MemberCursor | null } {
  authorize(context, 'room.read')
  const { sql } = context.state
  const { items, next } =
    search === undefined ? pageOf(sql, after, limit) : searchMembers(sql, { search, after, limit })
  return {
    items: items.map(memberView(context)),
    next: next && { joinedAt: next.joinedAt, userId: next.userId },
  }
}

function pageOf(sql: SqlStorage, after: roster.MemberCursor | null, limit: number) {
  const people = roster.list(sql, after, limit + 1)
  const items = people.slice(0, limit)
  const last = items.at(-1)
  return { items, next: people.length > items.length && last ? last : null }
}

/** Shows members as the caller may see them. */
function memberView({ state, sockets, caller, now }: PresenceContext) {
  sockets.closeDead(now)
  const hasReceipts = readReceipts.arePublic(state.sql)
  const areHidden = arePeersHidden(state.sql)
  return (member: members.MemberRecord): Member => {
    const isVisible = !areHidden || member.userId === caller.userId
    return toMember(state.memberCounters.addTo(member), {
      online: isVisible && sockets.isOnline(member.userId),
      hasReceipts,
    })
  }
}
