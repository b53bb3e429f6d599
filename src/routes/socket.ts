import { z } from 'zod'
import type { AccessClaims } from '../auth/tokens'
import { bearer, endpoint, router } from '../http/endpoint'
import { InRoom } from '../http/room-endpoint'
import { accessOf, switched } from '../http/socket-endpoint'
import * as who from '../http/who'
import { registerSocket } from '../inbox/client'
import { upgraded } from '../middleware/upgrade'
import { ask, fetchRoom } from '../room/client'
import { SeqParam } from '../schemas/primitives'

const SocketQuery = z.strictObject({
  after: SeqParam.optional().meta({
    description: 'The last seq you have. The room sends what came after it.',
  }),
})

export const socket = router().openapi(
  endpoint({
    method: 'get',
    path: '/v1/rooms/{roomId}/socket',
    operationId: 'openSocket',
    tags: ['socket'],
    summary: 'Open the WebSocket of a room.',
    description:
      'The socket speaks `chat.v1`. [/docs/socket](/docs/socket) describes its frames and close codes, and [/asyncapi.json](/asyncapi.json) has them in machine-readable form. In a browser, send the token as a subprotocol: `Sec-WebSocket-Protocol: chat.v1, bearer.<access token>`. Other clients may send `Authorization`. Every upgrade is accepted; if you are refused, the socket closes at once with a code that says why, because a browser can read nothing else.',
    who: who.readers,
    security: bearer,
    request: { params: InRoom, query: SocketQuery },
    responses: {
      101: {
        description:
          'The socket. The room sends what the schema `Frame` says, `ready` first, and takes what `Command` says.',
        headers: switched,
      },
    },
    'x-frames': {
      sends: { $ref: '#/components/schemas/Frame' },
      takes: { $ref: '#/components/schemas/Command' },
    },
  }),
  async (c) => {
    const access = await accessOf(c)
    const { roomId } = c.req.valid('param')
    const client = await connect(c.env, roomId, access, c.req.valid('query').after ?? null)
    return upgraded(client, c.req)
  },
)

async function connect(env: Env, roomId: string, access: AccessClaims, after: number | null) {
  await registerSocket(env, access, roomId)
  const { userId, sessionId, expiresAt } = access
  const identity = { userId, sessionId, expiresAt }
  const { webSocket } = await ask(env.ROOMS, roomId, (room) =>
    fetchRoom(room, { path: 'socket', identity, after }),
  )
  return webSocket
}
