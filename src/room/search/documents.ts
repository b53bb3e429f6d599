import * as expressions from './fts-expression'
import type { Facet } from './query-parser'
import * as words from './tokenizer'

/** What the search index has of a message: its words, and who wrote it and what it has as words, too. */
export interface SearchDocument {
  seq: number
  words: string
  facets: string
  isDeleted: boolean
}

export function select(sql: SqlStorage, where: string, ...bindings: number[]): SearchDocument[] {
  return sql
    .exec<Row>(
      `select m.seq, m.author_id, m.text, m.deleted_at, (
        select group_concat(kind) from media where message_seq = m.seq) as kinds
      from messages m ${where}`,
      ...bindings,
    )
    .toArray()
    .map(toDocument)
}

/** The first of some that have so many characters together, or one that alone has more. */
export function takeCharacters(found: SearchDocument[], characters: number): SearchDocument[] {
  let left = characters
  const end = found.findIndex(({ words }) => {
    left -= words.length
    return left < 0
  })
  return end === -1 ? found : found.slice(0, Math.max(1, end))
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

function toDocument({ seq, author_id, text, deleted_at, kinds }: Row): SearchDocument {
  const has = new Set(kinds?.split(',').flatMap((kind) => facetOf[kind] ?? []))
  if (/https?:\/\/\S/i.test(text ?? '')) has.add('link')
  return {
    seq,
    words: wordsOf(text ?? ''),
    facets: [expressions.authorToken(author_id), ...[...has].map(expressions.facetToken)].join(' '),
    isDeleted: deleted_at !== null,
  }
}

const wordsOf = (text: string) =>
  words
    .tokenize(text)
    .map(({ token }) => token)
    .join(' ')
