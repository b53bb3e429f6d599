import { createMiddleware } from 'hono/factory'
import { type AccessClaims, verifyAccessToken } from '../auth/tokens'
import { ApiError } from '../errors'
import type { AppEnv } from '../http/context'
import { limitRequests } from './rate-limits'

/** Proves who asks, by the access token alone, and that they do not flood: no storage is read. */
export const requireSession = createMiddleware<{
  Bindings: AppEnv['Bindings']
  Variables: AppEnv['Variables'] & { access: AccessClaims }
}>(async function requireSession(c, next) {
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
