import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../context'
import { ApiError } from '../errors'
import { type Access, verifyAccess } from '../tokens'

/** Proves who asks, by the access token alone: no storage is read. */
export const signedIn = createMiddleware<{
  Bindings: AppEnv['Bindings']
  Variables: AppEnv['Variables'] & { access: Access }
}>(async function signedIn(c, next) {
  const token = /^Bearer (\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1]
  if (!token) {
    throw new ApiError('unauthenticated', 'Send `Authorization: Bearer <access token>`.')
  }
  c.set('access', await verifyAccess(c.env.TOKEN_SECRET, token, c.get('now')))
  await next()
})
