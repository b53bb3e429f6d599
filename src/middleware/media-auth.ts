import { createMiddleware } from 'hono/factory'
import { verifyMediaToken } from '../auth/media-tokens'
import type { AccessClaims } from '../auth/tokens'
import type { AppEnv } from '../http/context'
import { roomIdOf } from '../media/object-keys'
import { requireSession } from './require-session'

/** Proves who asks for media: by bearer, or by a media token of its room in the address. */
export const mediaAuth = createMiddleware<{
  Bindings: AppEnv['Bindings']
  Variables: AppEnv['Variables'] & { access: AccessClaims }
}>(async function mediaAuth(c, next) {
  const token = c.req.query('token')
  if (token === undefined) return requireSession(c, next)
  const roomId = roomIdOf(c.req.param('mediaId') ?? '')
  c.set('access', await verifyMediaToken(c.env.TOKEN_SECRET, token, roomId, c.var.now))
  return next()
})
