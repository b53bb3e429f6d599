import { ApiError } from '../errors'
import type { Message, MessagesQuery } from '../schemas/messages'
import { avatarUrl, iso } from '../schemas/primitives'
import type { Author } from '../schemas/users'
import * as attachments from './attachments'
import { advance, type Head } from './head'

// The author's names come from the roster, by its primary key; what is being erased is gone already.
const SELECT = `select m.seq, m.n, m.author_id, m.nonce, m.text, m.created_at, m.edited_at,
    m.deleted_at, a.username, a.display_name, a.avatar, (select room_id from room) as room_id,
    (select max(at) from erasures e where e.author_id = m.author_id
      and m.seq <= e.to_seq and m.seq >= e.from_seq) as erased_at
  from messages m
  join members a on a.user_id = m.author_id`

/** Writes one message: one table row and one index row (its nonce). */
export function append(
  sql: SqlStorage,
  head: Head,
  message: { author: Author; nonce: string; text: string },
  now: number,
): Message {
  const { seq, at } = advance(head, now)
  head.n += 1
  sql.exec(
    'insert into messages (seq, n, author_id, nonce, text, created_at) values (?, ?, ?, ?, ?, ?)',
    seq,
    head.n,
    message.author.id,
    message.nonce,
    message.text,
    at,
  )
  return {
    roomId: head.roomId,
    seq,
    n: head.n,
    nonce: message.nonce,
    author: message.author,
    text: message.text,
    createdAt: iso(at),
    editedAt: null,
    deletedAt: null,
    attachments: [],
  }
}

export function find(sql: SqlStorage, seq: number): Message | undefined {
  return select(sql, 'where m.seq = ?', seq)[0]
}

/** Throws `not_found`. */
export function get(sql: SqlStorage, seq: number): Message {
  const message = find(sql, seq)
  if (!message) throw new ApiError('not_found', 'There is no such message in this room.')
  return message
}

export function findByNonce(sql: SqlStorage, authorId: string, nonce: string): Message | undefined {
  return select(sql, 'where m.author_id = ? and m.nonce = ?', authorId, nonce)[0]
}

export function findLast(sql: SqlStorage): Message | undefined {
  return select(sql, 'order by m.seq desc limit 1')[0]
}

export function edit(sql: SqlStorage, seq: number, text: string, now: number): void {
  sql.exec('update messages set text = ?, edited_at = ? where seq = ?', text, now, seq)
}

/** How many messages there are up to a seq. */
export function countUpTo(sql: SqlStorage, seq: number): number {
  const [row] = sql
    .exec<{ n: number }>('select n from messages where seq <= ? order by seq desc limit 1', seq)
    .toArray()
  return row?.n ?? 0
}

/** The first seq of a message written at or after a time: times of a room never go back. */
export function firstSince(sql: SqlStorage, last: number, time: number): number {
  let [low, high] = [1, last + 1]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const [row] = sql
      .exec<{ created_at: number }>(
        'select created_at from messages where seq >= ? order by seq limit 1',
        middle,
      )
      .toArray()
    if (row && row.created_at < time) low = middle + 1
    else high = middle
  }
  return low
}

/** A slice of an author's messages in the order of their nonces. */
export const nonces = (sql: SqlStorage, authorId: string, after: string, limit: number) =>
  sql
    .exec<{ seq: number; nonce: string }>(
      'select seq, nonce from messages where author_id = ? and nonce > ? order by nonce limit ?',
      authorId,
      after,
      limit,
    )
    .toArray()

/** Leaves a tombstone: place, author and time stay, what was said goes. */
export function bury(sql: SqlStorage, seq: number, now: number): void {
  sql.exec(
    `update messages set text = null, edited_at = null, deleted_at = coalesce(deleted_at, ?)
    where seq = ?`,
    now,
    seq,
  )
}

/** In order, oldest first, after a seq. */
export const after = (sql: SqlStorage, seq: number, limit: number): Message[] =>
  select(sql, 'where m.seq > ? order by m.seq limit ?', seq, limit)

/** Newest first, before a seq. */
export const before = (sql: SqlStorage, seq: number, limit: number): Message[] =>
  select(sql, 'where m.seq < ? order by m.seq desc limit ?', seq, limit)

/** One page, newest first, and whether there is more on either side. */
export function page(
  sql: SqlStorage,
  query: MessagesQuery,
): { items: Message[]; older: number | null; newer: number | null } {
  const items = window(sql, query)
  const oldest = items.at(-1)?.seq ?? query.before ?? query.around ?? (query.after ?? 0) + 1
  const newest = items[0]?.seq ?? query.after ?? query.around ?? (query.before ?? 0) - 1
  return {
    items,
    older: has(sql, 'seq < ?', oldest) ? oldest : null,
    newer: has(sql, 'seq > ?', newest) ? newest : null,
  }
}

function window(sql: SqlStorage, query: MessagesQuery): Message[] {
  const { before: older, after: newer, around, limit } = query
  if (newer !== undefined) return after(sql, newer, limit).reverse()
  if (around === undefined) return before(sql, older ?? Number.MAX_SAFE_INTEGER, limit)
  // The one asked for counts to the older half, which may be the larger by one.
  const below = before(sql, around + 1, Math.ceil(limit / 2))
  return [...after(sql, around, limit - below.length).reverse(), ...below]
}

const has = (sql: SqlStorage, where: string, seq: number) =>
  sql.exec(`select 1 from messages where ${where} limit 1`, seq).toArray().length > 0

function select(sql: SqlStorage, where: string, ...bindings: (string | number)[]): Message[] {
  const rows = sql.exec<Row>(`${SELECT} ${where}`, ...bindings).toArray()
  return attachments.show(sql, rows.map(toMessage))
}

type Row = {
  room_id: string
  seq: number
  n: number
  author_id: string
  nonce: string
  text: string | null
  created_at: number
  edited_at: number | null
  deleted_at: number | null
  erased_at: number | null
  username: string | null
  display_name: string
  avatar: string | null
}

const toMessage = (row: Row): Message => ({
  roomId: row.room_id,
  seq: row.seq,
  n: row.n,
  nonce: row.nonce,
  author: {
    id: row.author_id,
    username: row.username,
    displayName: row.display_name,
    avatarUrl: avatarUrl('users', row.author_id, row.avatar),
  },
  text: row.erased_at === null ? row.text : null,
  createdAt: iso(row.created_at),
  editedAt: row.erased_at === null ? time(row.edited_at) : null,
  deletedAt: time(row.deleted_at ?? row.erased_at),
  attachments: [],
})

const time = (ms: number | null) => (ms === null ? null : iso(ms))
