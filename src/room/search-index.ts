import type { Facet, Query } from './queries'
import * as words from './words'

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
    const entries = select(sql, 'where m.seq > ? order by m.seq limit ?', from ?? 0, MESSAGES)
    let room = CHARACTERS
    let done = 0
    for (const entry of entries) {
      if (room < 0) break
      if (!entry.isDeleted) insert(sql, entry)
      room -= entry.words.length
      done += 1
    }
    if (done > 0) sql.exec(MERGE)
    const last = entries[done - 1]
    if (last) sql.exec('update room set searched_seq = ?', last.seq)
    else if (from === null) sql.exec('update room set searched_seq = 0')
    return done < MESSAGES && done === entries.length
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
      expressionOf(query, authorIds),
      from,
      to,
      limit,
    )
    .toArray()
    .map(({ seq }) => seq)
}

interface Entry {
  seq: number
  words: string
  facets: string
  isDeleted: boolean
}

/** A message as the index has it, or nothing where it has none. */
function indexed(sql: SqlStorage, seq: number): Entry | undefined {
  if ((reached(sql) ?? -1) < seq) return undefined
  return select(sql, 'where m.seq = ?', seq).find(({ isDeleted }) => !isDeleted)
}

const insert = (sql: SqlStorage, { seq, words, facets }: Entry) =>
  sql.exec('insert into search (rowid, words, facets) values (?, ?, ?)', seq, words, facets)

function select(sql: SqlStorage, where: string, ...bindings: number[]): Entry[] {
  return sql
    .exec<Row>(
      `select m.seq, m.author_id, m.text, m.deleted_at, (
        select group_concat(kind) from media where message_seq = m.seq) as kinds
      from messages m ${where}`,
      ...bindings,
    )
    .toArray()
    .map(toEntry)
}

type Row = {
  seq: number
  author_id: string
  text: string | null
  deleted_at: number | null
  kinds: string | null
}

const facetOf: Record<string, Facet> = {
  image: 'photo',
  video: 'video',
  audio: 'audio',
  document: 'file',
  file: 'file',
}

function toEntry({ seq, author_id, text, deleted_at, kinds }: Row): Entry {
  const has = new Set(kinds?.split(',').flatMap((kind) => facetOf[kind] ?? []))
  if (/https?:\/\/\S/i.test(text ?? '')) has.add('link')
  return {
    seq,
    words: wordsOf(text ?? ''),
    facets: [authorToken(author_id), ...[...has].map(facetToken)].join(' '),
    isDeleted: deleted_at !== null,
  }
}

const wordsOf = (text: string) =>
  words
    .of(text)
    .map(({ token }) => token)
    .join(' ')

const authorToken = (id: string) => `by${id.replaceAll(/[^a-z0-9]/gi, '').toLowerCase()}`
const facetToken = (facet: Facet) => `has${facet}`

/** A query as FTS5 reads it: strings of letters and digits, so nothing that was typed can mean more there. */
function expressionOf({ phrases, has }: Query, authorIds: string[] | null): string {
  const quoted = (tokens: string[]) => `"${tokens.join(' ')}"`
  // Nobody has the empty id.
  const authors = authorIds?.length === 0 ? [''] : (authorIds ?? [])
  return [
    ...phrases.map(({ tokens, isPrefix }) => `words : ${quoted(tokens)}${isPrefix ? ' *' : ''}`),
    ...has.map((facet) => `facets : "${facetToken(facet)}"`),
    ...(authors.length > 0
      ? [`(${authors.map((id) => `facets : "${authorToken(id)}"`).join(' OR ')})`]
      : []),
  ].join(' AND ')
}
