import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../context'
import * as addresses from '../media/addresses'
import { verifyMedia } from '../media-tokens'
import type { Access } from '../tokens'
import { signedIn } from './signed-in'

/** Proves who asks for media: by bearer, or by a media token of its room in the address. */
export const mediaReader = createMiddleware<{
  Bindings: AppEnv['Bindings']
  Variables: AppEnv['Variables'] & { access: Access }
}>(async function mediaReader(c, next) {
  const token = c.req.query('token')
  if (token === undefined) return signedIn(c, next)
  const roomId = addresses.roomOf(c.req.param('mediaId') ?? '')
  c.set('access', await verifyMedia(c.env.TOKEN_SECRET, token, roomId, c.var.now))
  return next()
})
