import { etag, RETAINED_304_HEADERS } from 'hono/etag'

// A 304 keeps only what it is told to, and a page's script sees none of it without the CORS ones.
const OWN_HEADERS = [
  'access-control-allow-origin',
  'access-control-expose-headers',
  'x-request-id',
  'x-content-type-options',
]

/** Answers 304 to those who already have what they ask for. */
export const revalidated = etag({ retainedHeaders: [...RETAINED_304_HEADERS, ...OWN_HEADERS] })
