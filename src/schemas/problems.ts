import { z } from 'zod'
import { statusOf, titleOf } from '../errors'

const codes = Object.keys(statusOf) as [keyof typeof statusOf, ...(keyof typeof statusOf)[]]

/** RFC 9457, with a `code` of a closed list: what a client branches on. */
export const Problem = z
  .strictObject({
    type: z.string().meta({ example: '/docs/problems#not_found' }),
    title: z.string().meta({ example: titleOf.not_found }),
    status: z.int().meta({ example: 404 }),
    detail: z.string().meta({ example: 'There is no such room.' }),
    code: z.enum(codes).meta({ id: 'Code', example: 'not_found' }),
    requestId: z.string().meta({ example: '6f1c1d0e-3e0b-4c43-8f0f-6f2d8f6d3b11' }),
    errors: z
      .array(z.strictObject({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'What is wrong where; with `invalid`.' }),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof Problem>

/** A problem as it travels over the socket: the answer to one command. */
export const SocketProblem = z
  .strictObject({
    code: z.enum(codes),
    detail: z.string(),
    retryAfter: z.int().optional().meta({ description: 'Seconds.' }),
    errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'SocketProblem' })
export type SocketProblem = z.infer<typeof SocketProblem>
