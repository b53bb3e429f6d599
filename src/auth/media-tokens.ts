import { SignJWT } from 'jose'
import { type Access, keyOf, refused, verify } from './tokens'

/** Media tokens stand in URLs, so they live short and open one room's media only. */
export const MEDIA_SECONDS = 5 * 60

/** Signs a token with which a page shows one room's media to its user (JWT in `?token=`). */
export async function signMedia(
  secret: string,
  { userId, sessionId }: { userId: string; sessionId: string },
  roomId: string,
  now: number,
): Promise<{ token: string; expiresAt: number }> {
  const exp = Math.floor(now / 1000) + MEDIA_SECONDS
  const token = await new SignJWT({ sid: sessionId, room: roomId })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(userId)
    .setAudience('media')
    .setExpirationTime(exp)
    .sign(await keyOf(secret))
  return { token, expiresAt: exp * 1000 }
}

/** Throws as `verifyAccess` does, and `unauthenticated` for the token of another room. */
export async function verifyMedia(
  secret: string,
  token: string,
  roomId: string,
  now: number,
): Promise<Access> {
  const { sub, sid, room, exp } = await verify(secret, token, 'media', now)
  if (!sub || typeof sid !== 'string' || room !== roomId || !exp) throw refused()
  return { userId: sub, sessionId: sid, expiresAt: exp * 1000 }
}
