import type { Event, EventType } from '../../schemas/events'
import type { SharedMessage, Thread } from '../../schemas/messages'
import { iso } from '../../schemas/primitives'
import * as members from './members'
import * as messagePages from './message-pages'
import * as messages from './messages'
import * as roomView from './room-view'
import { advance, type Sequence } from './sequence'
import * as threads from './threads'

/** What an event's row refers to. It never holds text: that stays in the message. */
export interface EventRefs {
  userId?: string
  fromSeq?: number
  reason?: string | undefined
  /** Whether the audit log shows it: what one member did to another or to the room. */
  audited?: boolean
  messageSeq?: number
  /** The number of members after the event. */
  memberCount?: number
  emoji?: string
}

type StoredType = Exclude<EventType, 'message.posted'>

/** Gives one event the next seq and stores it. A posted message is no row here: it is its own event. */
export function append(
  sql: SqlStorage,
  sequence: Sequence,
  event: { type: StoredType; by: string } & EventRefs,
  now: number,
): Event {
  const { seq, at } = advance(sequence, now)
  sql.exec(
    `insert into events (seq, type, at, by, user_id, from_seq, message_seq, member_count,
      reason, emoji, audited)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    seq,
    event.type,
    at,
    event.by,
    event.userId ?? null,
    event.fromSeq ?? null,
    event.messageSeq ?? null,
    event.memberCount ?? null,
    event.reason ?? null,
    event.emoji ?? null,
    Number(event.audited ?? false),
  )
  return toEvent(sql, {
    seq,
    type: event.type,
    at,
    by: event.by,
    user_id: event.userId ?? null,
    from_seq: event.fromSeq ?? null,
    message_seq: event.messageSeq ?? null,
    member_count: event.memberCount ?? null,
    reason: event.reason ?? null,
    emoji: event.emoji ?? null,
  })
}

export const messagePosted = (message: SharedMessage, root: Thread | undefined): Event => ({
  seq: message.seq,
  type: 'message.posted',
  at: message.createdAt,
  by: message.author.id,
  message,
  ...(root && { root }),
})

/**
 * The events after a seq, in order and without a gap: two primary-key ranges, merged. What an event refers to is shown
 * as it is now, which is where a replay to the end would arrive anyway.
 */
export function after(sql: SqlStorage, seq: number, limit: number): Event[] {
  const rows = sql
    .exec<Row>('select * from events where seq > ? order by seq limit +?', seq, limit)
    .toArray()
  const posts = messagePages.after(sql, seq, limit)
  const roots = threads.findByReplies(sql, posts)
  const merged = [
    ...posts.map((message) => messagePosted(message, roots.get(message.replyTo ?? 0))),
    ...rows.map((row) => toEvent(sql, row)),
  ]
  return merged.sort((a, b) => a.seq - b.seq).slice(0, limit)
}

type Row = {
  seq: number
  type: string
  at: number
  by: string
  user_id: string | null
  from_seq: number | null
  message_seq: number | null
  member_count: number | null
  reason: string | null
  emoji: string | null
}

function toEvent(sql: SqlStorage, row: Row): Event {
  const type = row.type as StoredType
  const common = { seq: row.seq, at: iso(row.at), by: row.by }
  switch (type) {
    case 'message.edited':
      return { type, ...common, message: messages.get(sql, row.message_seq as number) }
    case 'message.deleted': {
      const message = messages.get(sql, row.message_seq as number)
      const root = threads.findByReplies(sql, [message]).get(message.replyTo ?? 0)
      return { type, ...common, message, ...(root && { root }) }
    }
    case 'reaction.added':
    case 'reaction.removed': {
      const { seq, reactions } = messages.get(sql, row.message_seq as number)
      const emoji = row.emoji as string
      const count = reactions.find((reaction) => reaction.emoji === emoji)?.count ?? 0
      const userId = row.user_id as string
      return { type, ...common, messageSeq: seq, emoji, userId, count, reactions }
    }
    case 'message.pinned':
    case 'message.unpinned': {
      const { seq, pinned } = messages.get(sql, row.message_seq as number)
      return { type, ...common, messageSeq: seq, pinned }
    }
    case 'member.joined':
    case 'member.added':
    case 'member.left':
    case 'member.removed':
    case 'member.banned':
    case 'member.unbanned':
    case 'member.changed': {
      const member = members.toSharedMember(members.get(sql, row.user_id as string))
      const reason = row.reason === null ? {} : { reason: row.reason }
      return { type, ...common, member, memberCount: row.member_count as number, ...reason }
    }
    case 'messages.erased':
      return {
        type,
        ...common,
        authorId: row.user_id as string,
        from: row.from_seq as number,
        to: row.message_seq as number,
      }
    case 'room.changed':
    case 'room.frozen':
    case 'room.deleted':
      return { type, ...common, room: roomView.shared(sql) }
  }
}
