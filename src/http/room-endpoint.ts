import type { MiddlewareHandler } from 'hono'
import { z } from 'zod'
import { requireSession } from '../middleware/require-session'
import { roomCaller, roomCallerOrSiteStaff } from '../middleware/room-caller'
import { Id, SeqParam } from '../schemas/primitives'
import type { RoomEnv } from './context'
import { type Endpoint, endpoint } from './endpoint'

/** The path parameter of every room endpoint. Extend it for paths that go deeper. */
export const InRoom = z.strictObject({ roomId: Id })

export const OneMessage = InRoom.extend({ seq: SeqParam })
export const OneUserInRoom = InRoom.extend({ userId: Id })

/** The problems of anyone who reads a room, beside `not_found`. */
export const READING = ['forbidden', 'banned'] as const

/** The problems of anyone who writes in a room, beside `not_found`. */
export const WRITING = ['forbidden', 'suspended', 'muted', 'frozen', 'banned'] as const

type RoomPath = `/v1/rooms/{roomId}${string}`

type RoomEndpoint<P extends string> = Omit<Endpoint<P>, 'guards' | 'security'> & {
  /** Site moderators and admins may do it too where their role in the room does not let them. */
  orSiteStaff?: true
}

type RequestOf<E> = E extends { request: infer R } ? R : unknown

type RoomRoute<P extends string, E> = Omit<
  E,
  'who' | 'problems' | 'orSiteStaff' | 'request' | 'security' | 'appKey'
> & {
  path: P
  getRoutingPath(): string
  middleware: MiddlewareHandler<RoomEnv>
  request: RequestOf<E> extends { params: z.ZodType }
    ? RequestOf<E>
    : RequestOf<E> & { params: typeof InRoom }
}

/**
 * Declares an endpoint of a room: it requires a session, takes `roomId` from the path and gives the handler
 * `c.var.caller` and `c.var.room`.
 */
export const roomEndpoint = <P extends RoomPath, const E extends RoomEndpoint<P>>(declared: E) =>
  routeOf(declared) as unknown as RoomRoute<P, E>

function routeOf({ orSiteStaff, ...declared }: RoomEndpoint<RoomPath>) {
  return endpoint({
    ...declared,
    request: { params: InRoom, ...declared.request },
    guards: [
      requireSession,
      orSiteStaff ? roomCallerOrSiteStaff(declared.operationId) : roomCaller,
    ],
    problems: ['not_found', ...(declared.problems ?? [])],
  })
}
