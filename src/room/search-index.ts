import * as entries from './entries'
import * as expressions from './expressions'
import type { Query } from './queries'

// The words are ours (words.ts), so the tokenizer only has to part them. The texts stay where they are: an
// entry is taken out by naming the words it was made of. Who wrote it and what it has are words of a column of
// their own, so that the index intersects them, too.
const TABLE = `
  create virtual table search using fts5(
    words, facets, tokenize = 'ascii', content = '', columnsize = 0
  );
  -- What is taken out leaves no byte behind.
  insert into search (search, rank) values ('secure-delete', 1);
  -- Left alone it merges its segments when it likes, for as long as it takes: advance() does, a little each time.
  insert into search (search, rank) values ('automerge', 0);
  create index members_by_username on members (username) where username is not null;
`

// What is indexed and merged at once, at most: a few milliseconds, then others have their turn.
const MESSAGES = 250
const CHARACTERS = 32_000
const MERGE = `insert into search (search, rank) values ('merge', 64)`

/** Up to which seq messages are in the index; null where there is none. */
export const reached = (sql: SqlStorage): number | null =>
  sql.exec<{ seq: number | null }>('select searched_seq as seq from room').one().seq

/** Takes in the messages that follow, and makes the index if there is none; returns whether it has all. */
export function advance(storage: DurableObjectStorage): boolean {
  const { sql } = storage
  return storage.transactionSync(() => {
    const from = reached(sql)
    if (from === null) sql.exec(TABLE)
    const found = entries.select(sql, 'where m.seq > ? order by m.seq limit ?', from ?? 0, MESSAGES)
    let room = CHARACTERS
    let done = 0
    for (const entry of found) {
      if (room < 0) break
      if (!entry.isDeleted) insert(sql, entry)
      room -= entry.words.length
      done += 1
    }
    if (done > 0) sql.exec(MERGE)
    const last = found[done - 1]
    if (last) sql.exec('update room set searched_seq = ?', last.seq)
    else if (from === null) sql.exec('update room set searched_seq = 0')
    return done < MESSAGES && done === found.length
  })
}

/** Takes a message in as it is now, if the index has got that far. */
export function add(sql: SqlStorage, seq: number): void {
  const entry = indexed(sql, seq)
  if (entry) insert(sql, entry)
}

/** Takes a message out, before it changes; returns how many characters that were. */
export function remove(sql: SqlStorage, seq: number): number {
  const entry = indexed(sql, seq)
  if (!entry) return 0
  sql.exec(
    `insert into search (search, rowid, words, facets) values ('delete', ?, ?, ?)`,
    seq,
    entry.words,
    entry.facets,
  )
  return entry.words.length + entry.facets.length
}

/** A query, whom its names mean (null: anybody), and between which seqs. */
export interface Wanted {
  query: Query
  authorIds: string[] | null
  from: number
  to: number
  limit: number
}

/** Seqs of what matches, newest first; what is being erased is gone already. */
export function match(sql: SqlStorage, { query, authorIds, from, to, limit }: Wanted): number[] {
  return sql
    .exec<{ seq: number }>(
      `select search.rowid as seq from search
      where search match ? and search.rowid between ? and ? and not exists (
        select 1 from messages m join erasures e on e.author_id = m.author_id
          and m.seq <= e.to_seq and m.seq >= e.from_seq
        where m.seq = search.rowid)
      order by search.rowid desc limit ?`,
      expressions.of(query, authorIds),
      from,
      to,
      limit,
    )
    .toArray()
    .map(({ seq }) => seq)
}

/** A message as the index has it, or nothing where it has none. */
function indexed(sql: SqlStorage, seq: number): entries.Entry | undefined {
  if ((reached(sql) ?? -1) < seq) return undefined
  return entries.select(sql, 'where m.seq = ?', seq).find(({ isDeleted }) => !isDeleted)
}

const insert = (sql: SqlStorage, { seq, words, facets }: entries.Entry) =>
  sql.exec('insert into search (rowid, words, facets) values (?, ?, ?)', seq, words, facets)
