import { createMiddleware } from 'hono/factory'
import type { RoomEnv } from '../http/context'
import { ask } from '../room/client'
import type { Caller } from '../room/policy/authorize'
import { retryAsSiteStaff } from './site-staff-retry'

const roomCallerOf = (orSiteStaff: boolean) =>
  createMiddleware<RoomEnv, '/v1/rooms/:roomId'>(async function roomCaller(c, next) {
    const caller = { userId: c.get('access').userId }
    c.set('caller', caller)
    c.set('room', (call) => {
      const callAs = (who: Caller) =>
        ask(c.env.ROOMS, c.req.param('roomId'), (room) => call(room, who))
      return orSiteStaff ? retryAsSiteStaff(c.var, callAs) : callAs(caller)
    })
    await next()
  })

/** Sets `c.var.caller` and `c.var.room`; stands after `requireSession`. */
export const roomCaller = roomCallerOf(false)

/** The same. If the room refuses a site moderator or admin, it is asked again with their site role. */
export const roomCallerOrSiteStaff = roomCallerOf(true)
