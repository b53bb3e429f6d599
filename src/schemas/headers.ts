import { z } from 'zod'

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
