import type { Context } from 'hono'
import { type AccessClaims, secretsOf, verifyAccessToken } from '../auth/tokens'
import { ApiError } from '../errors'
import { limitRequests } from '../middleware/rate-limits'
import { isUpgrade, offeredProtocols } from '../middleware/upgrade'
import type { AppEnv } from './context'

/** The headers of a 101. */
export const switched = {
  Upgrade: { schema: { type: 'string' as const }, description: '`websocket`.' },
  'Sec-WebSocket-Protocol': {
    schema: { type: 'string' as const },
    description: '`chat.v1`, if you offered it. The token is not repeated.',
  },
}

// In requests: a client that is closed for flooding and reconnects at once costs a room more than one that posts.
const CONNECT_COST = 10

/** Who opens a socket. Throws `unauthenticated`, `rate_limited`, and `invalid` for what is no upgrade. */
export async function accessOf(c: Context<AppEnv>): Promise<AccessClaims> {
  const access = await authenticate(c, offeredProtocols(c.req))
  if (!isUpgrade(c.req)) {
    throw new ApiError('invalid', 'This endpoint takes WebSocket upgrades only.')
  }
  limitRequests(c.env, access.userId, c.var.now, CONNECT_COST)
  return access
}

function authenticate(c: Context<AppEnv>, protocols: string[]): Promise<AccessClaims> {
  const offered = protocols.find((protocol) => protocol.startsWith('bearer.'))?.slice(7)
  const token = offered ?? /^Bearer (\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1]
  if (!token)
    throw new ApiError(
      'unauthenticated',
      'Send an access token, as `bearer.<token>` in `Sec-WebSocket-Protocol` or in `Authorization`.',
    )
  return verifyAccessToken(secretsOf(c.env), token, c.var.now)
}
