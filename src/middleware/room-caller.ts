import type { Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import { type Act, recorded } from '../directory/site-audit'
import type { RoomEnv } from '../http/context'
import { ask } from '../room/client'
import type { Caller } from '../room/policy/authorize'
import { retryAsSiteStaff } from './site-staff-retry'

/** Sets `c.var.caller` and `c.var.room`; stands after `requireSession`. */
export const roomCaller = createMiddleware<RoomEnv, '/v1/rooms/:roomId'>(
  async function roomCaller(c, next) {
    const caller = { userId: c.get('access').userId }
    c.set('caller', caller)
    c.set('room', (call) => ask(c.env.ROOMS, c.req.param('roomId'), (room) => call(room, caller)))
    await next()
  },
)

/**
 * The same. If the room refuses a site moderator or admin, it is asked again with their site role. What changes
 * something that way is in the site audit as `operationId`.
 */
export const roomCallerOrSiteStaff = (operationId: string) =>
  createMiddleware<RoomEnv, '/v1/rooms/:roomId'>(async function roomCallerOrSiteStaff(c, next) {
    c.set('caller', { userId: c.get('access').userId })
    c.set('room', (call) => {
      const callAs = (who: Caller) =>
        ask(c.env.ROOMS, c.req.param('roomId'), (room) => call(room, who))
      return retryAsSiteStaff(c.var, async (who) => {
        if (!who.siteRole || c.req.method === 'GET') return callAs(who)
        const act = await actOf(c, operationId)
        return recorded(c.var.directory, act, c.var.now, () => callAs(who))
      })
    })
    await next()
  })

async function actOf(c: Context<RoomEnv, '/v1/rooms/:roomId'>, operationId: string): Promise<Act> {
  const seq = c.req.param('seq')
  return {
    actorId: c.get('access').userId,
    action: operationId,
    roomId: c.req.param('roomId'),
    userId: c.req.param('userId') ?? c.req.query('authorId'),
    reason: c.req.query('reason') ?? (await reasonInBody(c)),
    ...(seq !== undefined && { detail: { seq } }),
  }
}

// The body is valid JSON by now, and Hono keeps it.
async function reasonInBody(c: Context): Promise<string | undefined> {
  if (!c.req.header('Content-Type')?.startsWith('application/json')) return undefined
  const { reason } = await c.req.json<{ reason?: string }>()
  return reason
}
