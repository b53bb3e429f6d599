import { ApiError } from '../../errors'
import type { SharedMessage } from '../../schemas/messages'
import { iso } from '../../schemas/primitives'
import type { Author } from '../../schemas/users'
import * as authors from './author-cache'
import * as attachments from './media/attachments'
import * as reactions from './reactions'
import { advance, type Sequence } from './sequence'

// All rows come as one JSON text: fetching columns costs the runtime twice as much as writing and parsing JSON. Columns
// that hold JSON are passed through unparsed, in a list of their own that names only messages with any. Messages that a
// bulk delete is still purging read as deleted.
const selectOf = (where: string) => `select (select room_id from room) as roomId,
    exists (select 1 from media where message_seq > 0) as hasMedia,
    json_group_array(json_array(seq, n, nonce, page.author_id, text, created_at, edited_at, deleted_at,
      reply_to, reply_count, last_reply_at, mentions_room, pinned_at,
      iif(exists (select 1 from erasures where author_id > ''), (select max(at) from erasures e
        where e.author_id = page.author_id and seq <= e.to_seq and seq >= e.from_seq), null))) as rows,
    '[' || coalesce(group_concat('[' || seq || ',' || coalesce(reply_authors, '[]') || ','
        || coalesce(mentions, '[]') || ',' || coalesce(reactions, 'null') || ']')
      filter (where coalesce(reply_authors, mentions, reactions) is not null), '') || ']' as lists
  from (select * from messages m ${where}) page`

/** A message to store, which gets its seq when it is appended. */
export interface MessageRow {
  author: Author
  nonce: string
  text: string
  /** The root of its thread. */
  replyTo: number | null
  mentions: string[]
  mentionsRoom: boolean
}

/** Writes one message: one table row and one index row (its nonce); mentions and replies have index rows of their own. */
export function append(
  sql: SqlStorage,
  sequence: Sequence,
  draft: MessageRow,
  now: number,
): SharedMessage {
  const { seq, at } = advance(sequence, now)
  sequence.n += 1
  const { author, nonce, text, replyTo, mentions, mentionsRoom } = draft
  sql.exec(
    `insert into messages
      (seq, n, author_id, nonce, text, created_at, reply_to, mentions, mentions_room)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    seq,
    sequence.n,
    author.id,
    nonce,
    text,
    at,
    replyTo,
    mentions.length > 0 ? JSON.stringify(mentions) : null,
    Number(mentionsRoom),
  )
  return {
    roomId: sequence.roomId,
    seq,
    n: sequence.n,
    nonce,
    author,
    text,
    createdAt: iso(at),
    editedAt: null,
    deletedAt: null,
    replyTo,
    replyCount: 0,
    lastReplyAt: null,
    replyAuthors: [],
    mentions,
    mentionsRoom,
    reactions: [],
    pinned: false,
    attachments: [],
  }
}

export function find(sql: SqlStorage, seq: number): SharedMessage | undefined {
  return select(sql, 'where m.seq = ?', seq)[0]
}

/** Throws `not_found`. */
export function get(sql: SqlStorage, seq: number): SharedMessage {
  const message = find(sql, seq)
  if (!message) throw new ApiError('not_found', 'There is no such message in this room.')
  return message
}

/** Every refused post asks this, and rarely finds anything: the index alone answers. */
export function findByNonce(
  sql: SqlStorage,
  authorId: string,
  nonce: string,
): SharedMessage | undefined {
  const [row] = sql
    .exec<{ seq: number }>(
      'select seq from messages where author_id = ? and nonce = ?',
      authorId,
      nonce,
    )
    .toArray()
  return row && find(sql, row.seq)
}

export function findLast(sql: SqlStorage): SharedMessage | undefined {
  return select(sql, 'order by m.seq desc limit 1')[0]
}

export function edit(sql: SqlStorage, seq: number, text: string, now: number): void {
  sql.exec('update messages set text = ?, edited_at = ? where seq = ?', text, now, seq)
}

/** Messages of an author after a nonce, sorted by nonce. */
export const listNonces = (sql: SqlStorage, authorId: string, after: string, limit: number) =>
  sql
    .exec<{ seq: number; nonce: string }>(
      'select seq, nonce from messages where author_id = ? and nonce > ? order by nonce limit +?',
      authorId,
      after,
      limit,
    )
    .toArray()

/** Turns a message into a tombstone: seq, author and time stay, the content goes. */
export function tombstone(sql: SqlStorage, seq: number, now: number): void {
  sql.exec(
    `update messages set text = null, edited_at = null, deleted_at = coalesce(deleted_at, ?),
      reactions = null, pinned_at = null, pinned_by = null
    where seq = ?`,
    now,
    seq,
  )
}

/** Loads messages, authors and attachments in three queries at most. */
export function select(
  sql: SqlStorage,
  where: string,
  ...bindings: (string | number)[]
): SharedMessage[] {
  const found = sql.exec<Found>(selectOf(where), ...bindings).one()
  const rows: Row[] = JSON.parse(found.rows)
  const lists: Lists[] = JSON.parse(found.lists)
  const authorsById = authors.findMany(sql, [
    ...rows.map(([, , , authorId]) => authorId),
    ...lists.flatMap(([, repliers]) => repliers),
  ])
  const listsOf = new Map(lists.map((each) => [each[0], each]))
  const messages = rows.map((row) => toMessage(found.roomId, row, listsOf.get(row[0]), authorsById))
  return found.hasMedia ? attachments.addTo(sql, messages) : messages
}

/** Loads the messages with these seqs in one query. */
export const findMany = (sql: SqlStorage, seqs: number[]): SharedMessage[] =>
  seqs.length === 0
    ? []
    : select(sql, 'where m.seq in (select value from json_each(?))', JSON.stringify(seqs))

/** Texts of these messages, or their beginnings, newest first, in one query. */
export const texts = (sql: SqlStorage, seqs: number[], characters = Number.MAX_SAFE_INTEGER) =>
  sql
    .exec<{ seq: number; text: string }>(
      `select seq, coalesce(substr(text, 1, ?), '') as text from messages
      where seq in (select value from json_each(?)) order by seq desc`,
      characters,
      JSON.stringify(seqs),
    )
    .toArray()

type Found = {
  roomId: string
  hasMedia: number
  rows: string
  lists: string
}

type Row = [
  seq: number,
  n: number,
  nonce: string,
  authorId: string,
  text: string | null,
  createdAt: number,
  editedAt: number | null,
  deletedAt: number | null,
  replyTo: number | null,
  replyCount: number,
  lastReplyAt: number | null,
  mentionsRoom: number,
  pinnedAt: number | null,
  erasedAt: number | null,
]

type Lists = [
  seq: number,
  replyAuthors: string[],
  mentions: string[],
  reactions: reactions.EmojiCount[] | null,
]

function toMessage(
  roomId: string,
  [
    seq,
    n,
    nonce,
    authorId,
    text,
    createdAt,
    editedAt,
    deletedAt,
    replyTo,
    replyCount,
    lastReplyAt,
    mentionsRoom,
    pinnedAt,
    erasedAt,
  ]: Row,
  [, replyAuthors, mentions, counts]: Lists = [seq, [], [], null],
  authorsById: ReadonlyMap<string, Author>,
): SharedMessage {
  const isErased = erasedAt !== null
  return {
    roomId,
    seq,
    n,
    nonce,
    // Authors keep their row after they leave.
    author: authorsById.get(authorId) as Author,
    text: isErased ? null : text,
    createdAt: iso(createdAt),
    editedAt: isErased ? null : time(editedAt),
    deletedAt: time(deletedAt ?? erasedAt),
    replyTo,
    replyCount,
    lastReplyAt: time(lastReplyAt),
    replyAuthors: replyAuthors.flatMap((id) => authorsById.get(id) ?? []),
    mentions,
    mentionsRoom: mentionsRoom === 1,
    reactions: isErased ? [] : reactions.fromCounts(counts),
    pinned: !isErased && pinnedAt !== null,
    attachments: [],
  }
}

const time = (ms: number | null) => (ms === null ? null : iso(ms))
