import type { Event, EventType } from '../../schemas/events'
import type { SharedMessage, Thread } from '../../schemas/messages'
import { iso } from '../../schemas/primitives'
import * as members from './members'
import * as messagePages from './message-pages'
import * as messages from './messages'
import * as roomView from './room-view'
import { advance, type Sequence } from './sequence'
import * as threads from './threads/threads'

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
  return toEvent(
    sql,
    {
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
    },
    alone(sql),
  )
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
 * as it is now, which is where a replay to the end would arrive anyway; so a message is shown once, with the first of
 * its posting and its edits.
 */
export function after(sql: SqlStorage, seq: number, limit: number): Event[] {
  const rows = rowsAfter(sql, seq, limit)
  const posts = messagePages.after(sql, seq, limit)
  const replay = { shown: new Set(posts.map((post) => post.seq)), ...referredTo(sql, posts, rows) }
  const merged = [
    ...posts.map((message) => messagePosted(message, replay.threadOf(message))),
    ...rows.map((row) => toEvent(sql, row, replay)),
  ]
  return merged.sort((a, b) => a.seq - b.seq).slice(0, limit)
}

/** How many bytes of text and metadata the events after a seq carry. Reads sizes, not texts. */
export const textBytesAfter = (sql: SqlStorage, seq: number): number =>
  textBytes(sql, 'seq > ?', seq) +
  roomBytes(sql, seq) +
  memberBytes(sql, seq) +
  textBytes(
    sql,
    `seq <= ? and seq in (select message_seq from events where seq > ? and type = 'message.edited')`,
    seq,
    seq,
  )

const textBytes = (sql: SqlStorage, where: string, ...bindings: number[]): number =>
  sql
    .exec<{ bytes: number | null }>(
      `select sum(coalesce(octet_length(text), 0) + coalesce(octet_length(metadata), 0)) as bytes
      from messages where ${where}`,
      ...bindings,
    )
    .one().bytes ?? 0

/** Each change of the room carries its metadata. */
const roomBytes = (sql: SqlStorage, seq: number): number =>
  sql
    .exec<{ bytes: number }>(
      `select coalesce(octet_length(metadata), 0) *
        (select count(*) from events where seq > ? and type like 'room.%') as bytes from room`,
      seq,
    )
    .one().bytes

/** Each change of a member carries theirs. */
const memberBytes = (sql: SqlStorage, seq: number): number =>
  sql
    .exec<{ bytes: number | null }>(
      `select sum(octet_length(m.metadata)) as bytes
      from events e cross join members m on m.user_id = e.user_id
      where e.seq > ? and e.type like 'member.%'`,
      seq,
    )
    .one().bytes ?? 0

const rowsAfter = (sql: SqlStorage, seq: number, limit: number): Row[] =>
  sql.exec<Row>('select * from events where seq > ? order by seq limit +?', seq, limit).toArray()

// Types whose event has the whole message, and types that say one thing about it.
const WHOLE = ['message.edited', 'message.deleted']
const PARTIAL = ['reaction.added', 'reaction.removed', 'message.pinned', 'message.unpinned']

/** Loads what posts and rows refer to, each message once; one that is not sent itself is loaded without its text. */
function referredTo(
  sql: SqlStorage,
  posts: SharedMessage[],
  rows: Row[],
): Pick<Replay, 'find' | 'threadOf'> {
  const known = new Map(posts.map((post) => [post.seq, post]))
  for (const [types, load] of [
    [WHOLE, messages.findMany],
    [PARTIAL, messages.findManyWithoutText],
  ] as const) {
    const seqs = rows.flatMap(({ type, message_seq }) =>
      types.includes(type) && message_seq !== null && !known.has(message_seq) ? [message_seq] : [],
    )
    for (const message of load(sql, [...new Set(seqs)])) known.set(message.seq, message)
  }
  const threadsByRoot = threads.findByReplies(sql, [...known.values()])
  return {
    find: (seq) => known.get(seq) as SharedMessage,
    threadOf: ({ replyTo }) => threadsByRoot.get(replyTo ?? 0),
  }
}

/** What is known while many events are shown at once. */
interface Replay {
  /** Messages that an earlier event has. */
  shown: Set<number>
  find: (seq: number) => SharedMessage
  /** The thread that a reply is in. */
  threadOf: (message: SharedMessage) => Thread | undefined
}

/** For one event that is told as it happens. */
const alone = (sql: SqlStorage): Replay => ({
  shown: new Set(),
  find: (seq) => messages.get(sql, seq),
  threadOf: (message) => threads.findByReplies(sql, [message]).get(message.replyTo ?? 0),
})

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

function toEvent(sql: SqlStorage, row: Row, { shown, find, threadOf }: Replay): Event {
  const type = row.type as StoredType
  const messageSeq = row.message_seq as number
  const common = { seq: row.seq, at: iso(row.at), by: row.by }
  switch (type) {
    case 'message.edited': {
      if (shown.has(messageSeq)) return { type, ...common, messageSeq }
      shown.add(messageSeq)
      return { type, ...common, messageSeq, message: find(messageSeq) }
    }
    case 'message.deleted': {
      const message = find(messageSeq)
      const root = threadOf(message)
      return { type, ...common, message, ...(root && { root }) }
    }
    case 'reaction.added':
    case 'reaction.removed': {
      const { reactions } = find(messageSeq)
      const emoji = row.emoji as string
      const count = reactions.find((reaction) => reaction.emoji === emoji)?.count ?? 0
      const userId = row.user_id as string
      return { type, ...common, messageSeq, emoji, userId, count, reactions }
    }
    case 'message.pinned':
    case 'message.unpinned': {
      const { pinned } = find(messageSeq)
      return { type, ...common, messageSeq, pinned }
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
