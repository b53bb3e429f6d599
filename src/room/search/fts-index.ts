import * as messagePages from '../store/message-pages'
import * as documents from './documents'
import { type Shard, shardOf } from './shards'

// tokenizer.ts makes the words, so FTS5's tokenizer only has to split them at spaces. The index is contentless: texts
// stay in `messages`, and a document is deleted by naming the words it was made of. Author and facets are words of a
// second column, so that FTS5 intersects them with the text. See docs/decisions/0016-search-inside-the-room.md.
const createShard = ({ index, words }: Shard) => `
  create virtual table if not exists ${index} using fts5(
    words, facets, tokenize = 'ascii', content = '', columnsize = 0
  );
  create virtual table if not exists ${words} using fts5vocab(${index}, instance);
  insert into ${index} (${index}, rank) values
    -- A deleted document leaves no byte behind.
    ('secure-delete', 1),
    -- By itself FTS5 merges whenever it likes, for as long as it takes: indexNext() merges a little each time.
    ('automerge', 0), ('crisismerge', 1000), ('usermerge', 16);
  create index if not exists members_by_username on members (username) where username is not null;
`

// Limits of one slice. It takes a few milliseconds, then other requests have their turn.
const MESSAGES = 100
const CHARACTERS = 32_000
// Merges a few pages at a time.
const mergeSegments = ({ index }: Shard) =>
  `insert into ${index} (${index}, rank) values ('merge', 24)`

/** Messages up to this seq are in the search index; null when the room has no search index. */
export const indexedSeq = (sql: SqlStorage): number | null =>
  sql.exec<{ seq: number | null }>('select searched_seq as seq from room').one().seq

/** Indexes the next slice of messages, creating the index or a shard first if needed. Returns whether all are indexed. */
export function indexNext(storage: DurableObjectStorage): boolean {
  const { sql } = storage
  return storage.transactionSync(() => {
    const before = indexedSeq(sql)
    const from = (before ?? -1) + 1
    const shard = shardOf(from)
    if (from === shard.from) sql.exec(createShard(shard))
    const found = documents.select(
      sql,
      'where m.seq between ? and ? order by m.seq limit +?',
      from,
      shard.to,
      MESSAGES,
    )
    const slice = documents.takeCharacters(found, CHARACTERS)
    insert(sql, shard, slice)
    const isShardDone = slice.length === found.length && found.length < MESSAGES
    const isDone = isShardDone && !messagePages.existsAfter(sql, shard.to)
    const seq = isShardDone && !isDone ? shard.to : (slice.at(-1)?.seq ?? before ?? 0)
    if (seq !== before) sql.exec('update room set searched_seq = ?', seq)
    if (slice.length > 0) sql.exec(mergeSegments(shard))
    return isDone
  })
}

/** Indexes one message as it is now, if the index has got that far. */
export function addMessage(sql: SqlStorage, seq: number): void {
  const document = findIndexed(sql, seq)
  if (document) insert(sql, shardOf(seq), [document])
}

/** Removes one message from the index. Call it before the message changes. Returns how many characters were removed. */
export function removeMessage(sql: SqlStorage, seq: number): number {
  const document = findIndexed(sql, seq)
  if (!document) return 0
  const { index } = shardOf(seq)
  sql.exec(
    `insert into ${index} (${index}, rowid, words, facets) values ('delete', ?, ?, ?)`,
    seq,
    document.words,
    document.facets,
  )
  return document.words.length + document.facets.length
}

// Messages that a bulk delete is still purging count as deleted.
const BULK_DELETED = `select 1 from messages m join erasures e on e.author_id = m.author_id
  and m.seq <= e.to_seq and m.seq >= e.from_seq`

/** Seqs in a shard that match an expression, newest first; without an expression, of all messages in it. */
export function match(
  sql: SqlStorage,
  { index, from, to }: Shard,
  expression: string | null,
  limit: number,
): number[] {
  const found =
    expression === null
      ? sql.exec<{ seq: number }>(
          `select seq from messages where deleted_at is null and seq between ? and ?
          and not exists (${BULK_DELETED} where m.seq = messages.seq) order by seq desc limit +?`,
          from,
          to,
          limit,
        )
      : sql.exec<{ seq: number }>(
          `select rowid as seq from ${index} where ${index} match ? and rowid between ? and ?
          and not exists (${BULK_DELETED} where m.seq = ${index}.rowid) order by rowid desc limit +?`,
          expression,
          from,
          to,
          limit,
        )
  return found.toArray().map(({ seq }) => seq)
}

/** A message as the index stores it; undefined when it is deleted or not indexed yet. */
function findIndexed(sql: SqlStorage, seq: number): documents.SearchDocument | undefined {
  if ((indexedSeq(sql) ?? -1) < seq) return undefined
  return documents.select(sql, 'where m.seq = ?', seq).find(({ isDeleted }) => !isDeleted)
}

/** Inserts in one statement: bindings per row would be most of the garbage of indexing a long history. */
const insert = (sql: SqlStorage, { index }: Shard, slice: documents.SearchDocument[]) =>
  sql.exec(
    `insert into ${index} (rowid, words, facets)
    select value ->> 0, value ->> 1, value ->> 2 from json_each(?)`,
    JSON.stringify(
      slice
        .filter(({ isDeleted }) => !isDeleted)
        .map(({ seq, words, facets }) => [seq, words, facets]),
    ),
  )
