import { ApiError } from '../errors'
import type { SharedMessage } from '../schemas/messages'
import { avatarUrl, iso } from '../schemas/primitives'
import type { SharedReaction } from '../schemas/reactions'
import type { Author } from '../schemas/users'
import * as attachments from './attachments'
import * as authors from './authors'
import { advance, type Head } from './head'
import * as reactions from './reactions'

// What is JSON already is not parsed by SQLite to be written again.
const listOf = (json: string) => `'[' || group_concat(coalesce(${json}, 'null')) || ']'`

// The author's names come from the roster, by its primary key; what is being erased is gone already. All rows are
// one text: to bring out columns costs the runtime twice as much as to write and to parse JSON.
const selectOf = (where: string) => `select (select room_id from room) as roomId,
    json_group_array(json_array(page.seq, page.n, page.nonce, page.author_id, a.username,
      a.display_name, a.avatar, page.text, page.created_at, page.edited_at, page.deleted_at,
      page.reply_to, page.reply_count, page.last_reply_at, page.mentions_room, page.pinned_at,
      (select max(at) from erasures e where e.author_id = page.author_id
        and page.seq <= e.to_seq and page.seq >= e.from_seq))) as rows,
    ${listOf('page.reply_authors')} as repliers, ${listOf('page.mentions')} as mentions,
    ${listOf('page.reactions')} as reactions
  from (select * from messages m ${where}) page
  cross join members a on a.user_id = page.author_id`

/** A message before it has its number. */
export interface Draft {
  author: Author
  nonce: string
  text: string
  /** The root of its thread. */
  replyTo: number | null
  mentions: string[]
  mentionsRoom: boolean
}

/** Writes one message: one table row and one index row (its nonce); more of a reply and of mentions. */
export function append(sql: SqlStorage, head: Head, draft: Draft, now: number): SharedMessage {
  const { seq, at } = advance(head, now)
  head.n += 1
  const { author, nonce, text, replyTo, mentions, mentionsRoom } = draft
  sql.exec(
    `insert into messages
      (seq, n, author_id, nonce, text, created_at, reply_to, mentions, mentions_room)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    seq,
    head.n,
    author.id,
    nonce,
    text,
    at,
    replyTo,
    mentions.length > 0 ? JSON.stringify(mentions) : null,
    Number(mentionsRoom),
  )
  return {
    roomId: head.roomId,
    seq,
    n: head.n,
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

/** Every refused post asks, and hardly ever is it there: the index alone answers. */
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

/** A slice of an author's messages in the order of their nonces. */
export const nonces = (sql: SqlStorage, authorId: string, after: string, limit: number) =>
  sql
    .exec<{ seq: number; nonce: string }>(
      'select seq, nonce from messages where author_id = ? and nonce > ? order by nonce limit +?',
      authorId,
      after,
      limit,
    )
    .toArray()

/** Leaves a tombstone: place, author and time stay, what was said goes. */
export function bury(sql: SqlStorage, seq: number, now: number): void {
  sql.exec(
    `update messages set text = null, edited_at = null, deleted_at = coalesce(deleted_at, ?),
      reactions = null, pinned_at = null, pinned_by = null
    where seq = ?`,
    now,
    seq,
  )
}

/** Messages in one statement, in one more whoever replied to them, in one what they have. */
export function select(
  sql: SqlStorage,
  where: string,
  ...bindings: (string | number)[]
): SharedMessage[] {
  const found = sql.exec<Found>(selectOf(where), ...bindings).one()
  if (found.repliers === null) return []
  const rows: Row[] = JSON.parse(found.rows)
  const repliers: (string[] | null)[] = JSON.parse(found.repliers)
  const mentions: (string[] | null)[] = JSON.parse(found.mentions)
  const reacted: (reactions.Count[] | null)[] = JSON.parse(found.reactions)
  const known = authors.named(
    sql,
    repliers.flatMap((ids) => ids ?? []),
  )
  return attachments.show(
    sql,
    rows.map((row, index) =>
      toMessage(
        found.roomId,
        row,
        (repliers[index] ?? []).flatMap((id) => known.get(id) ?? []),
        mentions[index] ?? [],
        reactions.show(reacted[index] ?? null),
      ),
    ),
  )
}

/** Those with these seqs, in one statement. */
export const those = (sql: SqlStorage, seqs: number[]): SharedMessage[] =>
  seqs.length === 0
    ? []
    : select(sql, 'where m.seq in (select value from json_each(?))', JSON.stringify(seqs))

/** What these say, or how they begin, newest first, in one statement. */
export const texts = (sql: SqlStorage, seqs: number[], characters = Number.MAX_SAFE_INTEGER) =>
  sql
    .exec<{ seq: number; text: string }>(
      `select seq, coalesce(substr(text, 1, ?), '') as text from messages
      where seq in (select value from json_each(?)) order by seq desc`,
      characters,
      JSON.stringify(seqs),
    )
    .toArray()

// Of no rows, a list is null.
type Found = {
  roomId: string
  rows: string
  repliers: string
  mentions: string
  reactions: string
}

type Row = [
  seq: number,
  n: number,
  nonce: string,
  authorId: string,
  username: string | null,
  displayName: string,
  avatar: string | null,
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

function toMessage(
  roomId: string,
  [
    seq,
    n,
    nonce,
    id,
    username,
    displayName,
    avatar,
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
  replyAuthors: Author[],
  mentions: string[],
  reactions: SharedReaction[],
): SharedMessage {
  const isErased = erasedAt !== null
  return {
    roomId,
    seq,
    n,
    nonce,
    author: { id, username, displayName, avatarUrl: avatarUrl('users', id, avatar) },
    text: isErased ? null : text,
    createdAt: iso(createdAt),
    editedAt: isErased ? null : time(editedAt),
    deletedAt: time(deletedAt ?? erasedAt),
    replyTo,
    replyCount,
    lastReplyAt: time(lastReplyAt),
    replyAuthors,
    mentions,
    mentionsRoom: mentionsRoom === 1,
    reactions: isErased ? [] : reactions,
    pinned: !isErased && pinnedAt !== null,
    attachments: [],
  }
}

const time = (ms: number | null) => (ms === null ? null : iso(ms))
