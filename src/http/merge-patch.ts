import type { HonoRequest } from 'hono'
import type { MetadataChange } from '../schemas/metadata'

const TYPE = /^application\/merge-patch\+json\s*(;|$)/i

/** The metadata of a request, if it has any, and whether they are to be merged, as its type says. */
export const metadataChange = (
  req: HonoRequest,
  metadata: MetadataChange['metadata'],
): MetadataChange =>
  metadata === undefined ? {} : { metadata, isMerge: TYPE.test(req.header('Content-Type') ?? '') }
