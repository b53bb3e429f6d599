import type { SharedMessage } from '../../schemas/messages'
import type { Metadata } from '../../schemas/metadata'
import { iso } from '../../schemas/primitives'
import type { Author } from '../../schemas/users'
import * as reactions from './reactions'
import { positionAt } from './timeline/timeline'

// All rows come as one JSON text: fetching columns costs the runtime twice as much as writing and parsing JSON. Columns
// that hold JSON are passed through unparsed, in a list of their own that names only messages with any. Messages that a
// bulk delete is still purging read as deleted.
export const selectOf = (
  where: string,
  { text, metadata } = { text: 'text', metadata: 'metadata' },
) => `select (select room_id from room) as roomId,
    exists (select 1 from media where message_seq > 0) as hasMedia,
    json_group_array(json_array(seq, n, nonce, page.author_id, ${text}, created_at, edited_at, deleted_at,
      reply_to, also_in_room, t, reply_count, last_reply_at, mentions_room, pinned_at,
      iif(exists (select 1 from erasures where author_id > ''), (select max(at) from erasures e
        where e.author_id = page.author_id and seq <= e.to_seq and seq >= e.from_seq), null))) as rows,
    '[' || coalesce(group_concat('[' || seq || ',' || coalesce(reply_authors, '[]') || ','
        || coalesce(mentions, '[]') || ',' || coalesce(reactions, 'null') || ',' || coalesce(${metadata}, '{}') || ']')
      filter (where coalesce(reply_authors, mentions, reactions, ${metadata}) is not null), '') || ']' as lists
  from (select * from messages m ${where}) page`

export type Found = {
  roomId: string
  hasMedia: number
  rows: string
  lists: string
}

export type Row = [
  seq: number,
  n: number,
  nonce: string,
  authorId: string,
  text: string | null,
  createdAt: number,
  editedAt: number | null,
  deletedAt: number | null,
  replyTo: number | null,
  alsoInRoom: number,
  /** null in a row that is older than the column, until a job has been there. */
  t: number | null,
  replyCount: number,
  lastReplyAt: number | null,
  mentionsRoom: number,
  pinnedAt: number | null,
  erasedAt: number | null,
]

export type Lists = [
  seq: number,
  replyAuthors: string[],
  mentions: string[],
  reactions: reactions.EmojiCount[] | null,
  metadata: Metadata,
]

export function toMessage(
  sql: SqlStorage,
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
    alsoInRoom,
    t,
    replyCount,
    lastReplyAt,
    mentionsRoom,
    pinnedAt,
    erasedAt,
  ]: Row,
  [, replyAuthors, mentions, counts, metadata]: Lists = [seq, [], [], null, {}],
  authorsById: ReadonlyMap<string, Author>,
): SharedMessage {
  const isErased = erasedAt !== null
  return {
    roomId,
    seq,
    n,
    t: t ?? positionAt(sql, seq).t,
    nonce,
    // Authors keep their row after they leave.
    author: authorsById.get(authorId) as Author,
    text: isErased ? null : text,
    createdAt: iso(createdAt),
    editedAt: isErased ? null : time(editedAt),
    deletedAt: time(deletedAt ?? erasedAt),
    replyTo,
    alsoInRoom: alsoInRoom === 1,
    replyCount,
    lastReplyAt: time(lastReplyAt),
    replyAuthors: replyAuthors.flatMap((id) => authorsById.get(id) ?? []),
    mentions,
    mentionsRoom: mentionsRoom === 1,
    reactions: isErased ? [] : reactions.fromCounts(counts),
    pinned: !isErased && pinnedAt !== null,
    attachments: [],
    metadata: isErased ? {} : metadata,
  }
}

const time = (ms: number | null) => (ms === null ? null : iso(ms))
