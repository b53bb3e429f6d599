import { createRoute, OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi'
import type { Context, TypedResponse } from 'hono'
import { createMiddleware } from 'hono/factory'
import { ApiError, type Code, statusOf, titleOf } from '../errors'
import { Problem } from '../schemas/problems'
import type { AppEnv } from './context'

export const bearer = [{ bearer: [] }]

type Endpoint<P extends string> = Omit<RouteConfig, 'path' | 'summary' | 'operationId'> & {
  path: P
  operationId: string
  /** One sentence: what it does. */
  summary: string
  /** One sentence: who may do it. */
  who: string
  /** What can go wrong beside what its guards and schemas imply. */
  problems?: readonly Code[]
}

/** Declares one endpoint: its route, its validation and its place in the OpenAPI document. */
export function endpoint<P extends string, const E extends Endpoint<P>>(declared: E) {
  const { who, problems = [], ...route } = declared
  const responses = { ...problemResponses([...implied(declared), ...problems]), ...route.responses }
  const description = [route.description, `**Who:** ${who}`].filter(Boolean).join('\n\n')
  const guards = [declared.middleware ?? []].flat()
  const middleware = declared.request?.body?.required ? [...guards, typed] : guards
  const config = { ...route, middleware, description, responses } as unknown as Omit<
    RouteConfig,
    'path'
  >
  return createRoute({ ...config, path: route.path }) as unknown as Omit<E, 'who' | 'problems'> & {
    path: P
    getRoutingPath(): string
  }
}

// A body without a type would be taken for none, and what was in it for left out.
const typed = createMiddleware(async function typed(c, next) {
  if (!c.req.header('Content-Type')) {
    throw new ApiError('unsupported_type', 'Send JSON, with `Content-Type: application/json`.')
  }
  await next()
})

/** A JSON body that must be there. */
export const body = <T extends z.ZodType>(schema: T) => ({
  required: true as const,
  content: { 'application/json': { schema } },
})

/** A body of bytes, which no schema looks into. */
export const bytesOf = (type: string) => ({
  [type]: { schema: z.string().meta({ format: 'binary', example: '(bytes)' }) },
})

/** A JSON response. */
export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

export const created = <T extends z.ZodType>(schema: T, description: string) => ({
  ...json(schema, description),
  headers: { Location: { schema: { type: 'string' as const }, description: 'Where it is.' } },
})

/** Answers with the JSON that a room answered, unread; typed as `c.json` would be. */
export const passed = <T>(c: Pick<Context, 'body'>, { body }: Response) =>
  c.body(body as ReadableStream, 200, {
    'Content-Type': 'application/json',
  }) as unknown as TypedResponse<T, 200, 'json'>

/** A file of routes: validation failures become problems. */
export const router = () =>
  new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (result.success) return
      const errors = result.error.issues.map(({ path, message }) => ({
        path: path.join('.'),
        message,
      }))
      const [first] = errors
      const detail = first ? `${first.path || result.target}: ${first.message}` : 'Invalid request.'
      throw new ApiError('invalid', detail, { errors })
    },
  })

function implied(route: Pick<RouteConfig, 'method' | 'security' | 'request'>): Code[] {
  const codes: Code[] = ['invalid', 'unavailable']
  if (route.security) codes.push('unauthenticated', 'token_expired', 'rate_limited')
  // A body is measured before anybody asks whether one is expected.
  if (route.method !== 'get') codes.push('too_large')
  if (route.request?.body) codes.push('malformed', 'unsupported_type')
  return codes
}

function problemResponses(codes: Code[]) {
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
    description:
      'The limit that was reached: its name, and how many (`q`) in how many seconds (`w`).',
    example: '"posts";q=100;w=5',
  },
  RateLimit: {
    schema: { type: 'string' as const },
    description: 'What is left (`r`) and for how many seconds (`t`), where that is known exactly.',
    example: '"posts";r=0;t=1',
  },
}
const headersOf: Record<number, object> = { 429: Limited, 503: RetryAfter }

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
