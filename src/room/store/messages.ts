import { ApiError } from '../../errors'
import type { SharedMessage } from '../../schemas/messages'
import { type Metadata, toStored } from '../../schemas/metadata'
import { iso } from '../../schemas/primitives'
import type { Author } from '../../schemas/users'
import * as authors from './author-cache'
import * as attachments from './media/attachments'
import { type Found, type Lists, type Row, selectOf, toMessage } from './message-rows'
import { advance, type Sequence } from './sequence'
import { seqsBefore } from './timeline/timeline'

/** A message to store, which gets its seq when it is appended. */
export interface MessageRow {
  author: Author
  nonce: string
  text: string
  /** The root of its thread. */
  replyTo: number | null
  /** Whether the timeline shows it although it is a reply. */
  alsoInRoom: boolean
  mentions: string[]
  mentionsRoom: boolean
  metadata: Metadata | undefined
}

/** Writes one message: one table row and one index row (its nonce); mentions and replies have index rows of their own. */
export function append(
  sql: SqlStorage,
  sequence: Sequence,
  draft: MessageRow,
  now: number,
): SharedMessage {
  const { seq, at } = advance(sequence, now)
  const { author, nonce, text, replyTo, alsoInRoom, mentions, mentionsRoom, metadata } = draft
  sequence.n += 1
  if (replyTo === null || alsoInRoom) sequence.t += 1
  sql.exec(
    `insert into messages
      (seq, n, t, author_id, nonce, text, created_at, reply_to, also_in_room, mentions, mentions_room, metadata)
    values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    seq,
    sequence.n,
    sequence.t,
    author.id,
    nonce,
    text,
    at,
    replyTo,
    Number(alsoInRoom),
    mentions.length > 0 ? JSON.stringify(mentions) : null,
    Number(mentionsRoom),
    toStored(metadata),
  )
  return {
    roomId: sequence.roomId,
    seq,
    n: sequence.n,
    t: sequence.t,
    nonce,
    author,
    text,
    createdAt: iso(at),
    editedAt: null,
    deletedAt: null,
    replyTo,
    alsoInRoom,
    replyCount: 0,
    lastReplyAt: null,
    replyAuthors: [],
    mentions,
    mentionsRoom,
    reactions: [],
    pinned: false,
    attachments: [],
    metadata: metadata ?? {},
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

export function edit(sql: SqlStorage, seq: number, text: string, now: number): void {
  sql.exec('update messages set text = ?, edited_at = ? where seq = ?', text, now, seq)
}

export function setMetadata(sql: SqlStorage, seq: number, stored: string | null): void {
  sql.exec('update messages set metadata = ? where seq = ?', stored, seq)
}

/** The last message of the timeline. */
export function findLast(sql: SqlStorage): SharedMessage | undefined {
  const [seq] = seqsBefore(sql, Number.MAX_SAFE_INTEGER, 1)
  return seq === undefined ? undefined : find(sql, seq)
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
      reactions = null, pinned_at = null, pinned_by = null, metadata = null
    where seq = ?`,
    now,
    seq,
  )
}

/** Loads messages, authors and attachments in three queries at most. */
export const select = (
  sql: SqlStorage,
  where: string,
  ...bindings: (string | number)[]
): SharedMessage[] => load(sql, selectOf(where), ...bindings)

function load(sql: SqlStorage, query: string, ...bindings: (string | number)[]): SharedMessage[] {
  const found = sql.exec<Found>(query, ...bindings).one()
  const rows: Row[] = JSON.parse(found.rows)
  const lists: Lists[] = JSON.parse(found.lists)
  const authorsById = authors.findMany(sql, [
    ...rows.map(([, , , authorId]) => authorId),
    ...lists.flatMap(([, repliers]) => repliers),
  ])
  const listsOf = new Map(lists.map((each) => [each[0], each]))
  const messages = rows.map((row) =>
    toMessage(sql, found.roomId, row, listsOf.get(row[0]), authorsById),
  )
  return found.hasMedia ? attachments.addTo(sql, messages) : messages
}

const BY_SEQS = 'where m.seq in (select value from json_each(?))'

/** Loads the messages with these seqs in one query. */
export const findMany = (sql: SqlStorage, seqs: number[]): SharedMessage[] =>
  seqs.length === 0 ? [] : select(sql, BY_SEQS, JSON.stringify(seqs))

/** The same without their texts and metadata, which may be all that is large in them. */
export const findManyWithoutText = (sql: SqlStorage, seqs: number[]): SharedMessage[] =>
  seqs.length === 0
    ? []
    : load(sql, selectOf(BY_SEQS, { text: 'null', metadata: 'null' }), JSON.stringify(seqs))

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
