import { createMiddleware } from 'hono/factory'
import { verifyMediaToken } from '../auth/media-tokens'
import { secretsOf } from '../auth/tokens'
import type { SessionEnv } from '../http/context'
import { sessionEnded, sessionState } from '../inbox/client'
import { roomIdOf } from '../media/object-keys'
import { requireSession } from './require-session'

/** Requires a session, or a media token of the room in `?token=`, for pages that cannot send headers. */
export const mediaAuth = createMiddleware<SessionEnv>(async function mediaAuth(c, next) {
  const token = c.req.query('token')
  if (token === undefined) return requireSession(c, next)
  const roomId = roomIdOf(c.req.param('mediaId') ?? '')
  const access = await verifyMediaToken(secretsOf(c.env), token, roomId, c.var.now)
  c.set('access', access)
  if ((await sessionState(c.env, access, c.var.now)) === 'ended') throw sessionEnded()
  return next()
})
