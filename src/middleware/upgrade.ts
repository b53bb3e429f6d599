import type { HonoRequest } from 'hono'
import { createMiddleware } from 'hono/factory'
import { ApiError } from '../errors'
import type { AppEnv } from '../http/context'
import { closeCodeOf, closeReasonOf } from '../schemas/close-codes'
import { PROTOCOL } from '../schemas/socket'

/**
 * Accepts every upgrade, whatever refuses it, and closes the socket with a code: of an HTTP refusal a browser tells its
 * page nothing. Around validation and all guards, so that no kind of refusal is left out.
 */
export const refuseByClose = createMiddleware<AppEnv>(async function refuseByClose(c, next) {
  await next()
  if (!isUpgrade(c.req) || c.res.status === 101) return
  const refusal = c.error instanceof ApiError ? c.error : new ApiError('internal', 'See the log.')
  // Without this, Hono copies the old response into the new one, which loses its socket.
  c.res = undefined
  c.res = upgraded(closedSocket(refusal), c.req)
})

function closedSocket(refusal: ApiError): WebSocket {
  const { 0: client, 1: server } = new WebSocketPair()
  server.accept()
  server.close(closeCodeOf(refusal.code), closeReasonOf(refusal))
  return client
}

/** Whether a request asks for a WebSocket. */
export const isUpgrade = (request: HonoRequest): boolean =>
  request.method === 'GET' && request.header('Upgrade')?.toLowerCase() === 'websocket'

export const offeredProtocols = (request: HonoRequest): string[] =>
  (request.header('Sec-WebSocket-Protocol') ?? '').split(',').map((protocol) => protocol.trim())

/** Accepts an upgrade, with our protocol if the client offered it: a browser fails otherwise. */
export const upgraded = (client: WebSocket | null, request: HonoRequest): Response =>
  new Response(null, {
    status: 101,
    webSocket: client,
    headers: offeredProtocols(request).includes(PROTOCOL)
      ? { 'Sec-WebSocket-Protocol': PROTOCOL }
      : {},
  })
