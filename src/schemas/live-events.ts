import { z } from 'zod'
import { type Json, problemOf } from './json'

const MAX_DEPTH = 8
const MAX_BYTES = 1024

export const LiveData = z
  .unknown()
  .superRefine((value, context) => {
    const message = problemOf(value, { maxBytes: MAX_BYTES, maxDepth: MAX_DEPTH })
    if (message) context.addIssue({ code: 'custom', message })
  })
  .meta({
    description: `Any JSON of up to ${MAX_BYTES} bytes, ${MAX_DEPTH} levels deep, without the name \`__proto__\`. The room does not look into it.`,
    example: { x: 120, y: 64 },
  }) as unknown as z.ZodType<Json>

export const LiveEvent = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/, {
      message: 'must be 1 to 64 of A-Z a-z 0-9 . _ : - and begin with a letter or a digit',
    })
    .meta({ description: 'What kind of event it is: a word of your own.', example: 'cursor' }),
  data: LiveData.default(null),
})
export type LiveEvent = z.infer<typeof LiveEvent>
