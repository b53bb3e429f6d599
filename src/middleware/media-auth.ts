import { createMiddleware } from 'hono/factory'
import { verifyMediaToken } from '../auth/media-tokens'
import type { AccessClaims } from '../auth/tokens'
import type { AppEnv } from '../http/context'
import * as addresses from '../media/object-keys'
import { signedIn } from './require-session'

/** Proves who asks for media: by bearer, or by a media token of its room in the address. */
export const mediaReader = createMiddleware<{
  Bindings: AppEnv['Bindings']
  Variables: AppEnv['Variables'] & { access: AccessClaims }
}>(async function mediaReader(c, next) {
  const token = c.req.query('token')
  if (token === undefined) return signedIn(c, next)
  const roomId = addresses.roomOf(c.req.param('mediaId') ?? '')
  c.set('access', await verifyMediaToken(c.env.TOKEN_SECRET, token, roomId, c.var.now))
  return next()
})
