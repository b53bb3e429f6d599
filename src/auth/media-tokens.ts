import { type AccessClaims, invalidToken, type Secrets, sign, verifyClaims } from './tokens'

/** A media token works for this long at least. It opens the media of one room only, because URLs leak easily. */
export const MEDIA_TOKEN_SECONDS = 5 * 60
/** A session is given the same token of a room for this long, so that the URL stays and the browser's cache serves. */
export const MEDIA_TOKEN_PERIOD_SECONDS = 60 * 60

/**
 * Signs a JWT for `?token=` in media URLs of one room. All that are signed within a period are equal, because they expire
 * together. `expiresAt` is milliseconds since the epoch.
 */
export async function signMediaToken(
  secret: string,
  { userId, sessionId }: { userId: string; sessionId: string },
  roomId: string,
  now: number,
): Promise<{ token: string; expiresAt: number }> {
  const earliest = Math.ceil(now / 1000) + MEDIA_TOKEN_SECONDS
  const exp = Math.ceil(earliest / MEDIA_TOKEN_PERIOD_SECONDS) * MEDIA_TOKEN_PERIOD_SECONDS
  const claims = { sid: sessionId, room: roomId, sub: userId, aud: 'media', exp }
  const token = await sign(secret, claims)
  return { token, expiresAt: exp * 1000 }
}

/** Throws as `verifyAccessToken` does, and `unauthenticated` for a token of another room. */
export async function verifyMediaToken(
  secrets: Secrets,
  token: string,
  roomId: string,
  now: number,
): Promise<AccessClaims> {
  const { sub, sid, room, exp } = (await verifyClaims(secrets, token, 'media', now)).claims
  if (!sub || typeof sid !== 'string' || room !== roomId || !exp) throw invalidToken()
  return { userId: sub, sessionId: sid, expiresAt: exp * 1000 }
}
