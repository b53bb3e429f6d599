import type { Choice } from './prefix-expansion'
import type { Facet } from './query-parser'

export const authorToken = (id: string) => `by${id.replaceAll(/[^a-z0-9]/gi, '').toLowerCase()}`
export const facetToken = (facet: Facet) => `has${facet}`

/**
 * What to look for as FTS5 reads it: strings of letters and digits, so nothing that was typed can mean more
 * there; null for nothing in particular.
 */
export function of(choices: Choice[], has: Facet[], authorIds: string[] | null): string | null {
  // Nobody has the empty id.
  const authors = authorIds?.length === 0 ? [''] : authorIds
  const parts = [
    ...choices.map((phrases) => any('words', phrases)),
    ...has.map((facet) => any('facets', [[facetToken(facet)]])),
    ...(authors
      ? [
          any(
            'facets',
            authors.map((id) => [authorToken(id)]),
          ),
        ]
      : []),
  ]
  return parts.length > 0 ? parts.join(' AND ') : null
}

const any = (column: string, phrases: string[][]) =>
  `${column} : (${phrases.map((tokens) => `"${tokens.join(' ')}"`).join(' OR ')})`
