import { z } from 'zod'

/** Names come in lower case; other headers are none of its business. */
export const IfMatch = z.object({
  'if-match': z
    .string()
    .regex(/^"\d{1,15}"$/, 'must be a seq in quotes')
    .transform((quoted) => Number(quoted.slice(1, -1)))
    .optional()
    .meta({
      type: 'string',
      description: 'A seq in quotes: only if nothing has happened in the room since.',
      example: '"4711"',
    }),
})
