import type { Facet, Query } from './queries'

export const authorToken = (id: string) => `by${id.replaceAll(/[^a-z0-9]/gi, '').toLowerCase()}`
export const facetToken = (facet: Facet) => `has${facet}`

/** A query as FTS5 reads it: strings of letters and digits, so nothing that was typed can mean more there. */
export function of({ phrases, has }: Query, authorIds: string[] | null): string {
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
