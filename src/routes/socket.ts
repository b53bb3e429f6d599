import type { Context } from 'hono'
import { z } from 'zod'
import { type AccessClaims, verifyAccessToken } from '../auth/tokens'
import { ApiError } from '../errors'
import type { AppEnv } from '../http/context'
import { endpoint, router } from '../http/endpoint'
import { limitRequests } from '../middleware/rate-limits'
import { ask, fetchRoom } from '../room/client'
import { Id, SeqParam } from '../schemas/primitives'
import { closeCodeOf, PROTOCOL } from '../schemas/socket'

const InRoom = z.strictObject({ roomId: Id })
const SocketQuery = z.strictObject({
  after: SeqParam.optional().meta({
    description: 'The last seq you have: what came after it follows.',
  }),
})

// In requests: who is closed for flooding and returns at once costs a room more than one who posts.
const OPENING = 10

export const socket = router().openapi(
  endpoint({
    method: 'get',
    path: '/v1/rooms/{roomId}/socket',
    operationId: 'openSocket',
    tags: ['socket'],
    summary: 'Open the WebSocket of a room.',
    description:
      'It speaks `chat.v1`: [/docs/socket](/docs/socket) shows its frames and close codes, [/asyncapi.json](/asyncapi.json) says the same to machines. Browsers send the token as a subprotocol: `Sec-WebSocket-Protocol: chat.v1, bearer.<access token>`; others may use `Authorization`. An upgrade is always accepted; a refusal is the close code, because a browser can read nothing else.',
    who: 'Anyone who may read the room.',
    security: [{ bearer: [] }],
    request: { params: InRoom, query: SocketQuery },
    responses: { 101: { description: 'The socket; `ready` is its first frame.' } },
  }),
  async (c) => {
    const protocols = (c.req.header('Sec-WebSocket-Protocol') ?? '').split(',').map((p) => p.trim())
    if (c.req.header('Upgrade')?.toLowerCase() !== 'websocket') {
      await identify(c, protocols)
      throw new ApiError('invalid', 'This address takes a WebSocket upgrade.')
    }
    const headers = protocols.includes(PROTOCOL) ? { 'Sec-WebSocket-Protocol': PROTOCOL } : {}
    try {
      const access = await identify(c, protocols)
      const { roomId } = c.req.valid('param')
      limitRequests(c.env, access.userId, roomId, c.var.now, OPENING)
      const client = await open(c.env, roomId, access, c.req.valid('query').after ?? null)
      return new Response(null, { status: 101, webSocket: client, headers })
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return new Response(null, { status: 101, webSocket: refusal(error), headers })
    }
  },
)

function identify(c: Context<AppEnv>, protocols: string[]): Promise<AccessClaims> {
  const offered = protocols.find((protocol) => protocol.startsWith('bearer.'))?.slice(7)
  const token = offered ?? /^Bearer (\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1]
  if (!token) throw new ApiError('unauthenticated', 'Send an access token.')
  return verifyAccessToken(c.env.TOKEN_SECRET, token, c.var.now)
}

async function open(
  env: Env,
  roomId: string,
  { userId, expiresAt }: AccessClaims,
  after: number | null,
) {
  const identity = { userId, expiresAt }
  const { webSocket } = await ask(env.ROOMS, roomId, (room) =>
    fetchRoom(room, { path: 'socket', identity, after }),
  )
  return webSocket
}

function refusal({ code }: ApiError): WebSocket {
  const { 0: client, 1: server } = new WebSocketPair()
  server.accept()
  server.close(closeCodeOf(code), code)
  return client
}
