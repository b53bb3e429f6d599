import type { Event, EventType } from '../schemas/events'
import type { Message } from '../schemas/messages'
import { iso } from '../schemas/primitives'
import { advance, type Head } from './head'
import * as members from './members'
import * as messages from './messages'
import * as view from './view'

/** What an event's row refers to; never text. `memberCount` is the resulting one. */
export interface Refs {
  userId?: string
  fromSeq?: number
  messageSeq?: number
  memberCount?: number
}

type StoredType = Exclude<EventType, 'message.posted'>

/** Numbers and stores one durable change other than a posted message. */
export function append(
  sql: SqlStorage,
  head: Head,
  event: { type: StoredType; by: string } & Refs,
  now: number,
): Event {
  const { seq, at } = advance(head, now)
  sql.exec(
    `insert into events (seq, type, at, by, user_id, from_seq, message_seq, member_count)
    values (?, ?, ?, ?, ?, ?, ?, ?)`,
    seq,
    event.type,
    at,
    event.by,
    event.userId ?? null,
    event.fromSeq ?? null,
    event.messageSeq ?? null,
    event.memberCount ?? null,
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
  })
}

export const posted = (message: Message): Event => ({
  seq: message.seq,
  type: 'message.posted',
  at: message.createdAt,
  by: message.author.id,
  message,
})

/**
 * The durable changes after a seq, dense and in order: two primary-key ranges, merged.
 * What an event refers to is shown as it is now, which is what replaying to the end gives anyway.
 */
export function after(sql: SqlStorage, seq: number, limit: number): Event[] {
  const rows = sql
    .exec<Row>('select * from events where seq > ? order by seq limit ?', seq, limit)
    .toArray()
  const merged = [
    ...messages.after(sql, seq, limit).map(posted),
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
}

function toEvent(sql: SqlStorage, row: Row): Event {
  const type = row.type as StoredType
  const common = { seq: row.seq, at: iso(row.at), by: row.by }
  switch (type) {
    case 'message.edited':
    case 'message.deleted':
      return { type, ...common, message: messages.get(sql, row.message_seq as number) }
    case 'member.joined':
    case 'member.left':
    case 'member.changed': {
      const member = members.toShared(members.get(sql, row.user_id as string))
      return { type, ...common, member, memberCount: row.member_count as number }
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
    case 'room.deleted':
      return { type, ...common, room: view.shared(sql) }
  }
}
