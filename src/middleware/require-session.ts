import { createMiddleware } from 'hono/factory'
import { verifyAccessToken } from '../auth/tokens'
import { ApiError } from '../errors'
import type { SessionEnv } from '../http/context'
import { limitRequests } from './rate-limits'

/** Requires a valid access token and a user who is within the request rate. Reads no storage. */
export const requireSession = createMiddleware<SessionEnv>(async function requireSession(c, next) {
  const token = /^Bearer (\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1]
  if (!token) {
    throw new ApiError('unauthenticated', 'Send `Authorization: Bearer <access token>`.')
  }
  const now = c.get('now')
  const access = await verifyAccessToken(c.env.TOKEN_SECRET, token, now)
  c.set('access', access)
  limitRequests(c.env, access.userId, c.req.param('roomId'), now)
  await next()
})
