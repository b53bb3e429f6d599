import { etag as withEtag } from 'hono/etag'

/** Answers 304 to a client that already has this response. */
export const etag = withEtag()
