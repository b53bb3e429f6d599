import type { MiddlewareHandler } from 'hono'
import { z } from 'zod'
import { type OtherUserEnv, requireOtherUser } from '../middleware/require-other-user'
import { requireSession } from '../middleware/require-session'
import { requireActive } from '../middleware/require-site-role'
import { Id } from '../schemas/primitives'
import { type Endpoint, endpoint } from './endpoint'

/** The path parameter of endpoints about one user. */
export const OneUser = z.strictObject({ userId: Id })

type EdgePath = `/v1/me/${string}/{userId}`
type EdgeEndpoint<P extends string> = Omit<Endpoint<P>, 'guards' | 'security' | 'who' | 'request'>

type EdgeRoute<P extends string, E> = Omit<E, 'problems'> & {
  path: P
  getRoutingPath(): string
  middleware: MiddlewareHandler<OtherUserEnv>
  request: { params: typeof OneUser }
}

/**
 * Declares an endpoint that makes or ends a social edge from you to another user. It requires an active
 * account and gives the handler `c.var.pair` and `c.var.changeEdges`.
 */
export const edgeEndpoint = <P extends EdgePath, const E extends EdgeEndpoint<P>>(declared: E) =>
  routeOf(declared) as unknown as EdgeRoute<P, E>

const routeOf = (declared: EdgeEndpoint<EdgePath>) =>
  endpoint({
    ...declared,
    who: 'Anyone signed in whose account is not suspended.',
    request: { params: OneUser },
    guards: [requireSession, requireActive, requireOtherUser],
    problems: ['suspended', 'not_found', ...(declared.problems ?? [])],
  })
