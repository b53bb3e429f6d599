import { z } from 'zod'
import { statusOf, titleOf } from '../errors'
import { Seq, Timestamp } from './primitives'

const codes = Object.keys(statusOf) as [keyof typeof statusOf, ...(keyof typeof statusOf)[]]

const Code = z.enum(codes).meta({ id: 'Code', example: 'not_found' })

const FieldError = z
  .strictObject({ path: z.string(), message: z.string() })
  .meta({ id: 'FieldError', description: 'What is wrong with one field.' })

const postedSeq = Seq.optional().meta({
  description:
    'When you repeat a nonce in a room that you may no longer read: the message was posted, and this is its seq.',
})

const nextPostAt = Timestamp.optional().meta({
  description: 'With `muted` and `slow_mode`: when you may post again.',
})

/** An RFC 9457 problem. Clients branch on `code`, which comes from a closed list. */
export const Problem = z
  .strictObject({
    type: z.string().meta({ example: '/docs/problems#not_found' }),
    title: z.string().meta({ example: titleOf.not_found }),
    status: z.int().meta({ example: 404 }),
    detail: z.string().meta({ example: 'There is no such room.' }),
    code: Code,
    requestId: z.string().meta({ example: '6f1c1d0e-3e0b-4c43-8f0f-6f2d8f6d3b11' }),
    errors: z
      .array(FieldError)
      .optional()
      .meta({ description: 'With `invalid`: what is wrong, field by field.' }),
    seq: postedSeq,
    nextPostAt,
    challenge: z.string().optional().meta({
      description:
        'With `second_factor_required` of a log-in: send it with a code, within five minutes. It is good for nothing else.',
    }),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof Problem>

/** A problem in the answer to a socket command. */
export const SocketProblem = z
  .strictObject({
    code: Code,
    detail: z.string(),
    retryAfter: z.int().optional().meta({ description: 'Seconds to wait before you try again.' }),
    errors: z.array(FieldError).optional(),
    seq: postedSeq,
    nextPostAt,
  })
  .meta({ id: 'SocketProblem' })
export type SocketProblem = z.infer<typeof SocketProblem>
