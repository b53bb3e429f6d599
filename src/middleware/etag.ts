import { etag as withEtag } from 'hono/etag'

/** Answers 304 to those who already have what they ask for. */
export const etag = withEtag()
