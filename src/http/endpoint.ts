import { createRoute, OpenAPIHono, type RouteConfig } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import { ApiError, type Code } from '../errors'
import { etag } from '../middleware/etag'
import { isJson, readJsonText } from '../middleware/json-body'
import { acceptAppKey, ON_BEHALF_OF } from '../middleware/require-app-key'
import { requireSession } from '../middleware/require-session'
import type { Scope } from '../schemas/app-keys'
import { IfNoneMatch } from '../schemas/headers'
import type { AppEnv } from './context'
import { problemResponses } from './problem-responses'
import { revalidated } from './responses'

export const bearer = [{ bearer: [] }]
const bearerOrAppKey = [...bearer, { appKey: [] }]

export type Endpoint<P extends string> = Omit<
  RouteConfig,
  'path' | 'summary' | 'operationId' | 'middleware'
> & {
  path: P
  operationId: string
  /** One sentence: what it does. */
  summary: string
  /** One sentence: who may do it. */
  who: string
  /** What a caller must pass before the handler runs, in order. `requireSession` implies `security`. */
  guards?: readonly MiddlewareHandler[]
  /** Clients read it again and again, so it has an ETag and answers 304. Messages and events need none: cursors ask for news only. */
  revalidates?: true
  /** The scope with which an app key may do it on behalf of a user. */
  appKey?: Scope
  /** What can go wrong beyond what the guards and schemas imply. */
  problems?: readonly Code[]
}

/** An endpoint as `openapi()` takes it: the guards give the handler its typed `c.var`. */
type Route<P extends string, E> = Omit<
  E,
  'who' | 'problems' | 'guards' | 'revalidates' | 'appKey'
> & {
  path: P
  getRoutingPath(): string
} & (E extends { guards: infer G } ? { middleware: { -readonly [I in keyof G]: G[I] } } : unknown)

/** Declares one endpoint: its route, its validation and its place in the OpenAPI document. */
export const endpoint = <P extends string, const E extends Endpoint<P>>(declared: E) =>
  routeOf(declared) as unknown as Route<P, E>

function routeOf({
  who,
  problems = [],
  guards = [],
  revalidates,
  appKey,
  ...rest
}: Endpoint<string>) {
  const route = {
    ...rest,
    ...(guards.includes(requireSession) && { security: appKey ? bearerOrAppKey : bearer }),
    ...(revalidates && { request: { ...rest.request, headers: IfNoneMatch } }),
  }
  return createRoute({
    ...route,
    middleware: [
      ...(revalidates ? [etag] : []),
      ...(appKey ? [acceptAppKey(appKey)] : []),
      ...guards,
      ...(takesJson(route.request?.body) ? [requireContentType] : []),
      ...(route.request?.body?.content['application/json'] ? [requireUtf8] : []),
    ],
    description: [
      route.description,
      appKey && `**App keys:** scope \`${appKey}\`, with the header \`${ON_BEHALF_OF}\`.`,
      `**Who:** ${who}`,
    ]
      .filter(Boolean)
      .join('\n\n'),
    responses: {
      ...problemResponses([...implied(route), ...(appKey ? FORBIDDEN : []), ...problems]),
      ...(revalidates ? revalidated(route.responses) : route.responses),
    },
  })
}

const FORBIDDEN = ['forbidden'] as const

const takesJson = (body?: { required?: boolean; content: object }) =>
  body?.required && 'application/json' in body.content

// Hono treats a body without a content type as no body, and would drop what was sent.
const requireContentType = createMiddleware(async function requireContentType(c, next) {
  if (!c.req.header('Content-Type')) {
    throw new ApiError('unsupported_type', 'Send JSON, with `Content-Type: application/json`.')
  }
  await next()
})

const requireUtf8 = createMiddleware(async function requireUtf8(c, next) {
  if (isJson(c.req)) await readJsonText(c.req)
  await next()
})

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
  // The size of a body is checked before anything knows whether the endpoint takes one.
  if (route.method !== 'get') codes.push('too_large')
  if (route.request?.body) codes.push('malformed', 'unsupported_type')
  return codes
}
