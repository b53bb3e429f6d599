import type { Alternatives } from './prefix-expansion'
import type { Facet } from './query-parser'

export const authorToken = (id: string) => `by${id.replaceAll(/[^a-z0-9]/gi, '').toLowerCase()}`
export const facetToken = (facet: Facet) => `has${facet}`

/**
 * The search as an FTS5 expression, or null when nothing is to be matched. It contains only strings of letters and
 * digits, so nothing a user typed can act as FTS5 syntax.
 */
export function ftsExpression(
  choices: Alternatives[],
  has: Facet[],
  authorIds: string[] | null,
): string | null {
  // No author of that name: match the empty id, which nobody has.
  const authors = authorIds?.length === 0 ? [''] : authorIds
  const parts = [
    ...choices.map((phrases) => anyOf('words', phrases)),
    ...has.map((facet) => anyOf('facets', [[facetToken(facet)]])),
    ...(authors
      ? [
          anyOf(
            'facets',
            authors.map((id) => [authorToken(id)]),
          ),
        ]
      : []),
  ]
  return parts.length > 0 ? parts.join(' AND ') : null
}

const anyOf = (column: string, phrases: string[][]) =>
  `${column} : (${phrases.map((tokens) => `"${tokens.join(' ')}"`).join(' OR ')})`
