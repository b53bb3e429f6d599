import * as messagePages from '../store/message-pages'
import * as documents from './documents'
import { type Shard, shardOf } from './shards'

// The words are ours (words.ts), so the tokenizer only has to part them. The texts stay where they are: an
// entry is taken out by naming the words it was made of. Who wrote it and what it has are words of a column of
// their own, so that the index intersects them, too.
const createShard = ({ index, words }: Shard) => `
  create virtual table if not exists ${index} using fts5(
    words, facets, tokenize = 'ascii', content = '', columnsize = 0
  );
  create virtual table if not exists ${words} using fts5vocab(${index}, instance);
  insert into ${index} (${index}, rank) values
    -- What is taken out leaves no byte behind.
    ('secure-delete', 1),
    -- Left alone it merges when it likes, for as long as it takes: advance() does, a little each time.
    ('automerge', 0), ('crisismerge', 1000), ('usermerge', 16);
  create index if not exists members_by_username on members (username) where username is not null;
`

// What is indexed and merged at once, at most: a few milliseconds, then others have their turn.
const MESSAGES = 100
const CHARACTERS = 32_000
// A few pages at a time.
const mergeSegments = ({ index }: Shard) =>
  `insert into ${index} (${index}, rank) values ('merge', 24)`

/** Up to which seq messages are in the index; null where there is none. */
export const indexedSeq = (sql: SqlStorage): number | null =>
  sql.exec<{ seq: number | null }>('select searched_seq as seq from room').one().seq

/** Takes in the messages that follow, and makes the index if there is none; returns whether it has all. */
export function indexNext(storage: DurableObjectStorage): boolean {
  const { sql } = storage
  return storage.transactionSync(() => {
    const before = indexedSeq(sql)
    const from = (before ?? -1) + 1
    const part = shardOf(from)
    if (from === part.from) sql.exec(createShard(part))
    const found = documents.select(
      sql,
      'where m.seq between ? and ? order by m.seq limit +?',
      from,
      part.to,
      MESSAGES,
    )
    const slice = documents.takeCharacters(found, CHARACTERS)
    insert(sql, part, slice)
    const isPartDone = slice.length === found.length && found.length < MESSAGES
    const isDone = isPartDone && !messagePages.exists(sql, 'seq > ?', part.to)
    const seq = isPartDone && !isDone ? part.to : (slice.at(-1)?.seq ?? before ?? 0)
    if (seq !== before) sql.exec('update room set searched_seq = ?', seq)
    if (slice.length > 0) sql.exec(mergeSegments(part))
    return isDone
  })
}

/** Takes a message in as it is now, if the index has got that far. */
export function add(sql: SqlStorage, seq: number): void {
  const entry = findIndexed(sql, seq)
  if (entry) insert(sql, shardOf(seq), [entry])
}

/** Takes a message out, before it changes; returns how many characters that were. */
export function remove(sql: SqlStorage, seq: number): number {
  const entry = findIndexed(sql, seq)
  if (!entry) return 0
  const { index } = shardOf(seq)
  sql.exec(
    `insert into ${index} (${index}, rowid, words, facets) values ('delete', ?, ?, ?)`,
    seq,
    entry.words,
    entry.facets,
  )
  return entry.words.length + entry.facets.length
}

// What is being erased is gone already.
const BULK_DELETED = `select 1 from messages m join erasures e on e.author_id = m.author_id
  and m.seq <= e.to_seq and m.seq >= e.from_seq`

/** Seqs of what matches an expression, newest first; of all messages without one. */
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

/** A message as the index has it, or nothing where it has none. */
function findIndexed(sql: SqlStorage, seq: number): documents.SearchDocument | undefined {
  if ((indexedSeq(sql) ?? -1) < seq) return undefined
  return documents.select(sql, 'where m.seq = ?', seq).find(({ isDeleted }) => !isDeleted)
}

/** In one statement: the objects of a hundred would be the garbage of a long index. */
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
