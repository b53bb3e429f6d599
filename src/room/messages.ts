import { ApiError } from '../errors'
import type { Message, MessagesQuery } from '../schemas/messages'
import { iso } from '../schemas/primitives'
import type { Author } from '../schemas/users'
import { advance, type Head } from './head'

// The author's names come from the roster, by its primary key; what is being erased is gone already.
const SELECT = `select m.seq, m.n, m.author_id, m.nonce, m.created_at,
    case when e.at is null then m.text end as text,
    case when e.at is null then m.edited_at end as edited_at,
    coalesce(m.deleted_at, e.at) as deleted_at,
    a.username, a.display_name, (select room_id from room) as room_id
  from messages m
  join members a on a.user_id = m.author_id
  left join erasures e on e.author_id = m.author_id and m.seq <= e.up_to`

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

/** Leaves a tombstone: place, author and time stay, what was said goes. */
export function bury(sql: SqlStorage, seq: number, now: number): void {
  sql.exec(
    'update messages set text = null, edited_at = null, deleted_at = ? where seq = ?',
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
  return sql
    .exec<Row>(`${SELECT} ${where}`, ...bindings)
    .toArray()
    .map(toMessage)
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
  username: string | null
  display_name: string
}

const toMessage = (row: Row): Message => ({
  roomId: row.room_id,
  seq: row.seq,
  n: row.n,
  nonce: row.nonce,
  author: { id: row.author_id, username: row.username, displayName: row.display_name },
  text: row.text,
  createdAt: iso(row.created_at),
  editedAt: row.edited_at === null ? null : iso(row.edited_at),
  deletedAt: row.deleted_at === null ? null : iso(row.deleted_at),
})
