import { authorToken, facetToken } from './fts-expression'
import type { Facet } from './query-parser'
import { tokenize } from './tokenizer'

/** A message as the search index stores it: its words, and its author and facets (photo, link, ...) as words of their own. */
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

/** The leading documents that fit into so many characters together; at least one, however long. */
export function takeCharacters(documents: SearchDocument[], characters: number): SearchDocument[] {
  let left = characters
  const end = documents.findIndex(({ words }) => {
    left -= words.length
    return left < 0
  })
  return end === -1 ? documents : documents.slice(0, Math.max(1, end))
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
    facets: [authorToken(author_id), ...[...has].map(facetToken)].join(' '),
    isDeleted: deleted_at !== null,
  }
}

const wordsOf = (text: string) =>
  tokenize(text)
    .map(({ token }) => token)
    .join(' ')
