import { base64url, errors, jwtVerify, SignJWT } from 'jose'
import { ApiError } from '../errors'
import { iso } from '../schemas/primitives'
import type { Tokens } from '../schemas/sessions'

/** The app that all users belong to today. Tokens and unique keys name it, so that there can be more. */
export const DEFAULT_APP = 'default'

/** How long an access token lasts. It is verified without storage; the user's inbox says whether its session ended. */
export const ACCESS_TOKEN_SECONDS = 10 * 60
/** A session unused for 60 days ends. */
export const REFRESH_TOKEN_SECONDS = 60 * 24 * 60 * 60

export interface AccessClaims {
  userId: string
  sessionId: string
  /** Milliseconds since the epoch. */
  expiresAt: number
}

export interface RefreshClaims {
  sessionId: string
  generation: number
}

/** The state of a session. Its tokens follow from it. Times are milliseconds since the epoch. */
export interface Grant {
  id: string
  userId: string
  generation: number
  rotatedAt: number
  /** When the user last proved who they are in it. */
  provenAt: number
}

const keys = new Map<string, Promise<CryptoKey>>()

/** The HMAC key of a secret, imported once. */
export function hmacKey(secret: string): Promise<CryptoKey> {
  const cached = keys.get(secret)
  if (cached) return cached
  const usages: KeyUsage[] = ['sign', 'verify']
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = crypto.subtle.importKey(
    'raw',
    new TextEncoder().encode(secret),
    algorithm,
    false,
    usages,
  )
  keys.set(secret, key)
  return key
}

type KeyUsage = 'sign' | 'verify'

const seconds = (ms: number) => Math.floor(ms / 1000)

/** Signs the access token and the refresh token of a session's current generation. */
export async function issueTokens(secret: string, grant: Grant, now: number): Promise<Tokens> {
  const refreshExpiresAt = grant.rotatedAt + REFRESH_TOKEN_SECONDS * 1000
  const [access, refreshToken] = await Promise.all([
    signAccessToken(
      secret,
      { userId: grant.userId, sessionId: grant.id, provenAt: grant.provenAt },
      now,
    ),
    signRefreshToken(
      secret,
      { sessionId: grant.id, generation: grant.generation },
      refreshExpiresAt,
    ),
  ])
  return {
    id: grant.id,
    accessToken: access.token,
    accessExpiresAt: iso(access.expiresAt),
    refreshToken,
    refreshExpiresAt: iso(refreshExpiresAt),
  }
}

/** Signs an access token (JWT, HS256) that expires `ACCESS_TOKEN_SECONDS` after `now`. */
export async function signAccessToken(
  secret: string,
  access: { userId: string; sessionId: string; provenAt?: number },
  now: number,
): Promise<{ token: string; expiresAt: number }> {
  const exp = seconds(now) + ACCESS_TOKEN_SECONDS
  const claims = {
    sid: access.sessionId,
    app: DEFAULT_APP,
    auth_time: seconds(access.provenAt ?? now),
  }
  const token = await new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(access.userId)
    .setAudience('access')
    .setExpirationTime(exp)
    .sign(await hmacKey(secret))
  return { token, expiresAt: exp * 1000 }
}

/**
 * Signs the refresh token of one generation of a session. The same input gives the same token, so a repeated
 * refresh gets the same successor although no token is stored.
 */
export async function signRefreshToken(
  secret: string,
  refresh: RefreshClaims,
  expiresAt: number,
): Promise<string> {
  return new SignJWT({ gen: refresh.generation })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(refresh.sessionId)
    .setAudience('refresh')
    .setExpirationTime(seconds(expiresAt))
    .sign(await hmacKey(secret))
}

// A client sends the same token with every request, so each is verified once per isolate.
const verifiedTokens = new Map<string, { secret: string; access: AccessClaims }>()
const MAX_VERIFIED = 5000

/** Throws `token_expired` for an expired token of this service, `unauthenticated` for any other invalid one. */
export async function verifyAccessToken(
  secret: string,
  token: string,
  now: number,
): Promise<AccessClaims> {
  const cached = verifiedTokens.get(token)
  if (cached && cached.secret === secret && cached.access.expiresAt > now) return cached.access
  const { sub, sid, exp } = await verifyClaims(secret, token, 'access', now)
  if (!sub || typeof sid !== 'string' || !exp) throw invalidToken()
  const access = { userId: sub, sessionId: sid, expiresAt: exp * 1000 }
  if (verifiedTokens.size >= MAX_VERIFIED) verifiedTokens.clear()
  verifiedTokens.set(token, { secret, access })
  return access
}

/** Throws as `verifyAccessToken` does. */
export async function verifyRefreshToken(
  secret: string,
  token: string,
  now: number,
): Promise<RefreshClaims> {
  const { sub, gen } = await verifyClaims(secret, token, 'refresh', now)
  if (!sub || typeof gen !== 'number') throw invalidToken()
  return { sessionId: sub, generation: gen }
}

/** Returns the claims of a token for this `audience`. Throws as `verifyAccessToken` does. */
export async function verifyClaims(secret: string, token: string, audience: string, now: number) {
  try {
    const options = { algorithms: ['HS256'], audience, currentDate: new Date(now) }
    return (await jwtVerify(token, await hmacKey(secret), options)).payload
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      throw new ApiError('token_expired', 'The token has expired. Refresh the session.')
    }
    throw invalidToken()
  }
}

export const invalidToken = () =>
  new ApiError('unauthenticated', 'The token is not valid. Log in again.')

/** A random secret of 128 bits, base64url. */
export function newToken(): string {
  return base64url.encode(crypto.getRandomValues(new Uint8Array(16)))
}

/** The form in which a secret is stored: SHA-256, base64url. It is random, so it needs no salt and no slow hash. */
export async function hashToken(token: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))
  return base64url.encode(new Uint8Array(digest))
}
