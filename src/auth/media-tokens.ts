import { type AccessClaims, invalidToken, type Secrets, sign, verifyClaims } from './tokens'

/** Media tokens are part of URLs, which leak easily, so they expire soon and open the media of one room only. */
export const MEDIA_TOKEN_SECONDS = 5 * 60

/** Signs a JWT for `?token=` in media URLs of one room. `expiresAt` is milliseconds since the epoch. */
export async function signMediaToken(
  secret: string,
  { userId, sessionId }: { userId: string; sessionId: string },
  roomId: string,
  now: number,
): Promise<{ token: string; expiresAt: number }> {
  const exp = Math.floor(now / 1000) + MEDIA_TOKEN_SECONDS
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
