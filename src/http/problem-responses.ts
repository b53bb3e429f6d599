import type { RouteConfig } from '@hono/zod-openapi'
import { type Code, statusOf, titleOf } from '../errors'
import { Problem } from '../schemas/problems'

/** The responses that an endpoint documents for its problem codes: one per status. */
export function problemResponses(codes: Code[]): RouteConfig['responses'] {
  const byStatus = Map.groupBy(new Set(codes), (code) => statusOf[code])
  return Object.fromEntries(
    [...byStatus].map(([status, group]) => [
      status,
      {
        description: group.map((code) => `\`${code}\`: ${titleOf[code]}.`).join(' '),
        ...(status in headersOf && { headers: headersOf[status] }),
        content: {
          'application/problem+json': { schema: Problem, example: example(group[0] as Code) },
        },
      },
    ]),
  )
}

const RetryAfter = {
  'Retry-After': { schema: { type: 'integer' as const }, description: 'Seconds to wait.' },
}
const Limited = {
  ...RetryAfter,
  'RateLimit-Policy': {
    schema: { type: 'string' as const },
    description: 'The limit you reached: its name, then `q` requests per `w` seconds.',
    example: '"posts";q=100;w=5',
  },
  RateLimit: {
    schema: { type: 'string' as const },
    description:
      'What you have left (`r`) for the next `t` seconds. Only sent where the count is exact.',
    example: '"posts";r=0;t=1',
  },
}
const headersOf: Record<number, typeof RetryAfter> = { 429: Limited, 503: RetryAfter }

const example = (code: Code): Problem => ({
  type: `/docs/problems#${code}`,
  title: titleOf[code],
  status: statusOf[code],
  detail: code === 'invalid' ? 'limit: Too big: expected number to be <=100' : `${titleOf[code]}.`,
  code,
  requestId: '6f1c1d0e-3e0b-4c43-8f0f-6f2d8f6d3b11',
  ...(code === 'invalid' && {
    errors: [{ path: 'limit', message: 'Too big: expected number to be <=100' }],
  }),
})
