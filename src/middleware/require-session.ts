import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { secretsOf, verifyAccessToken } from '../auth/tokens'
import { isAppKey } from '../directory/app-keys'
import { ApiError } from '../errors'
import { takesBytes } from '../http/binary-paths'
import type { SessionEnv } from '../http/context'
import { sessionEnded, sessionState } from '../inbox/client'
import { isJson, readJsonText } from './json-body'
import { chargeMiss, limitRequests } from './rate-limits'
import { actOnBehalf } from './require-app-key'

/**
 * Requires a valid access token of a session that has not ended, and a user who is within the request rate. Costs one
 * call to the user's inbox a second. While the inbox does not answer, reads follow the token and writes get 503.
 */
export const requireSession = createMiddleware<SessionEnv>(async function requireSession(c, next) {
  const token = /^Bearer (\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1]
  if (!token) {
    throw new ApiError('unauthenticated', 'Send `Authorization: Bearer <access token>`.')
  }
  const now = c.get('now')
  if (isAppKey(token)) {
    const { access, keyId } = await actOnBehalf(c, token)
    c.set('access', access)
    c.set('appKeyId', keyId)
    await next()
    if (c.res.status === 404) chargeMiss(c.env, `key ${keyId}`, now)
    return
  }
  const access = await verifyAccessToken(secretsOf(c.env), token, now)
  c.set('access', access)
  limitRequests(c.env, access.userId, now)
  const [state] = await Promise.all([sessionState(c.env, access, now), readAhead(c)])
  if (state === 'ended') throw sessionEnded()
  if (state === 'unknown' && !['GET', 'HEAD'].includes(c.req.method)) {
    throw new ApiError(
      'unavailable',
      'Your session cannot be checked right now. Try again in a moment.',
    )
  }
  await next()
  const isOfRoom = c.req.param('roomId') ?? c.req.param('key')
  if (c.res.status === 404 && isOfRoom) chargeMiss(c.env, access.userId, now)
})

/** Reads a JSON body while the session is checked. */
async function readAhead(c: Context): Promise<void> {
  if (takesBytes(c.req.path)) return
  // What is wrong with it is told after the session was checked.
  if (isJson(c.req)) await readJsonText(c.req).catch(() => {})
}
