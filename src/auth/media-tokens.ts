import { SignJWT } from 'jose'
import { type AccessClaims, hmacKey, invalidToken, verifyClaims } from './tokens'

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
  const token = await new SignJWT({ sid: sessionId, room: roomId })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setAudience('media')
    .setExpirationTime(exp)
    .sign(await hmacKey(secret))
  return { token, expiresAt: exp * 1000 }
}

/** Throws as `verifyAccessToken` does, and `unauthenticated` for a token of another room. */
export async function verifyMediaToken(
  secret: string,
  token: string,
  roomId: string,
  now: number,
): Promise<AccessClaims> {
  const { sub, sid, room, exp } = await verifyClaims(secret, token, 'media', now)
  if (!sub || typeof sid !== 'string' || room !== roomId || !exp) throw invalidToken()
  return { userId: sub, sessionId: sid, expiresAt: exp * 1000 }
}
