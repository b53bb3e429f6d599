import type { Context, MiddlewareHandler } from 'hono'
import { z } from 'zod'
import * as relationView from '../directory/relation-view'
import * as edges from '../directory/social-edges'
import { type OtherUserEnv, requireOtherUser } from '../middleware/require-other-user'
import { requireSession } from '../middleware/require-session'
import { requireActive, requireRegistered } from '../middleware/require-site-role'
import { PageQuery } from '../schemas/pages'
import { Id } from '../schemas/primitives'
import { UserPage } from '../schemas/users'
import type { SessionEnv } from './context'
import { type Endpoint, endpoint } from './endpoint'
import { pageAfter } from './page'
import { ok } from './responses'
import * as who from './who'

/** Lists the users you have an edge to, or who have one to you, as you see them. */
export const edgesOf = (
  c: Context<SessionEnv>,
  { kind, ...query }: Omit<edges.EdgesQuery, 'after'> & PageQuery,
) =>
  pageAfter(c, query, edges.SortKey, (after) =>
    relationView.list(c.var.directory, c.var.access.userId, { kind, ...query, after }, c.var.now),
  )

/** Declares an endpoint that lists social edges of yours. */
export const edgeListEndpoint = <P extends `/v1/me/${string}`>(
  declared: Pick<Endpoint<P>, 'path' | 'operationId' | 'tags' | 'summary' | 'description'>,
) =>
  endpoint({
    ...declared,
    method: 'get',
    revalidates: true,
    who: who.signedIn,
    guards: [requireSession],
    request: { query: PageQuery },
    responses: ok(UserPage, 'A page of users.'),
  })

/** The path parameter of endpoints about one user. */
export const OneUser = z.strictObject({ userId: Id })

type EdgePath = `/v1/me/${string}/{userId}`
type EdgeEndpoint<P extends string> = Omit<
  Endpoint<P>,
  'guards' | 'security' | 'who' | 'request'
> & {
  /** What guests may not do, as in "Guests may not". They may do the rest. */
  guestsMayNot?: string
}

type EdgeRoute<P extends string, E> = Omit<E, 'problems' | 'guestsMayNot'> & {
  path: P
  getRoutingPath(): string
  middleware: MiddlewareHandler<OtherUserEnv>
  request: { params: typeof OneUser }
}

/**
 * Declares an endpoint that makes or ends a social edge from you to another user. It requires an active
 * account and gives the handler `c.var.pair`, `c.var.makeEdge` and `c.var.endEdge`.
 */
export const edgeEndpoint = <P extends EdgePath, const E extends EdgeEndpoint<P>>(declared: E) =>
  routeOf(declared) as unknown as EdgeRoute<P, E>

const routeOf = ({ guestsMayNot, ...declared }: EdgeEndpoint<EdgePath>) =>
  endpoint({
    ...declared,
    who: guestsMayNot ? who.registered : who.active,
    request: { params: OneUser },
    guards: [
      requireSession,
      guestsMayNot ? requireRegistered(guestsMayNot) : requireActive,
      requireOtherUser,
    ],
    problems: [
      'suspended',
      'not_found',
      ...(guestsMayNot ? (['registration_required'] as const) : []),
      ...(declared.problems ?? []),
    ],
  })
