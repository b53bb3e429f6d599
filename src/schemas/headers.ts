import { z } from 'zod'

/** What a client sends to read again only what has changed. */
export const IfNoneMatch = z.object({
  'if-none-match': z.string().optional().meta({
    description:
      'The `ETag` of the response you have. If nothing has changed, you get a 304. Browsers send it by themselves, so do nothing there.',
    example: '"6b1cc1c4a0a0f4a6b8a5c0e2b2b1a3e9"',
  }),
})

/** What a client says of the bytes that it sends as a body. */
export const FileHeaders = z.object({
  'content-type': z.string().optional().meta({
    description:
      'The type of the file, or `application/octet-stream` if you do not know it. It must not be missing, and a form (`multipart/form-data`) is refused.',
    example: 'image/jpeg',
  }),
  'content-disposition': z.string().optional().meta({
    description:
      'Names the file: `filename*` takes UTF-8, percent-encoded, and `filename` takes ASCII in quotes.',
    example: "attachment; filename*=UTF-8''harbour.jpg",
  }),
})

/** What a client sends to get a part of a file. */
export const Ranged = IfNoneMatch.extend({
  range: z.string().optional().meta({
    description: 'The bytes you want. Only one range is served; of several you get the whole.',
    example: 'bytes=0-1048575',
  }),
  'if-range': z.string().optional().meta({
    description: 'The `ETag` of the part you have. If the file has changed, you get all of it.',
    example: '"6b1cc1c4a0a0f4a6b8a5c0e2b2b1a3e9"',
  }),
})

/** Hono passes header names in lower case. Not strict, because requests carry other headers too. */
export const IfMatch = z.object({
  'if-match': z
    .string()
    .regex(/^"\d{1,15}"$/, 'must be a seq in quotes')
    .transform((quoted) => Number(quoted.slice(1, -1)))
    .optional()
    .meta({
      type: 'string',
      description:
        'A seq in quotes. The request fails with `conflict` if the room has changed since that seq.',
      example: '"4711"',
    }),
})
