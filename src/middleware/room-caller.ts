import { createMiddleware } from 'hono/factory'
import type { AccessClaims } from '../auth/tokens'
import type { AppEnv } from '../http/context'
import type { ChatRoom } from '../room/chat-room'
import { ask } from '../room/client'
import type { Caller } from '../room/policy/authorize'
import type { RpcResult } from '../room/transport/rpc-result'
import { retryAsSiteStaff } from './site-staff-retry'

type RoomCall<T> = (room: DurableObjectStub<ChatRoom>, caller: Caller) => Promise<RpcResult<T>>

export interface RoomEnv {
  Bindings: AppEnv['Bindings']
  Variables: AppEnv['Variables'] & {
    access: AccessClaims
    caller: Caller
    /** Calls the room of the path as the caller, and throws what it refuses. */
    room: <T>(call: RoomCall<T>) => Promise<T>
  }
}

const roomCallerOf = (orSiteStaff: boolean) =>
  createMiddleware<RoomEnv, '/v1/rooms/:roomId'>(async function roomCaller(c, next) {
    const caller = { userId: c.get('access').userId }
    c.set('caller', caller)
    c.set('room', (call) => {
      const callAs = (who: Caller) =>
        ask(c.env.ROOMS, c.req.param('roomId'), (stub) => call(stub, who))
      return orSiteStaff ? retryAsSiteStaff(c.var, callAs) : callAs(caller)
    })
    await next()
  })

/** Sets `c.var.caller` and `c.var.room`; stands after `requireSession`. */
export const roomCaller = roomCallerOf(false)

/** The same. If the room refuses a site moderator or admin, it is asked again with their site role. */
export const roomCallerOrSiteStaff = roomCallerOf(true)
