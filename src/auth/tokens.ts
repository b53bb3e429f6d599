import { base64url, decodeProtectedHeader, errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import { ApiError } from '../errors'
import { iso, secondsUntil } from '../schemas/primitives'
import type { Tokens } from '../schemas/sessions'

/** The app that all users belong to today. Tokens and unique keys name it, so that there can be more. */
export const DEFAULT_APP = 'default'

/** How long an access token lasts. It is verified without storage; the user's inbox says whether its session ended. */
export const ACCESS_TOKEN_SECONDS = 10 * 60
/** A session unused for 60 days ends. */
export const REFRESH_TOKEN_SECONDS = 60 * 24 * 60 * 60

/** A device that has not signed in for a year is a stranger again. */
const DEVICE_TOKEN_SECONDS = 365 * 24 * 60 * 60

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

declare global {
  // wrangler.toml cannot say that a secret may be left out.
  interface Env {
    TOKEN_SECRET_PREVIOUS?: string
  }
}

/** The secret that signs, and after a change of it the one before, whose tokens stay valid. */
export type Secrets = readonly [current: string, previous?: string]

export const secretsOf = ({ TOKEN_SECRET, TOKEN_SECRET_PREVIOUS }: Env): Secrets =>
  TOKEN_SECRET_PREVIOUS ? [TOKEN_SECRET, TOKEN_SECRET_PREVIOUS] : [TOKEN_SECRET]

interface SigningKey {
  key: CryptoKey
  /** Names the key in the header of a token: the beginning of a hash of the secret. */
  kid: string
}

const keys = new Map<string, Promise<SigningKey>>()

/** The HMAC key of a secret, imported once. */
export function signingKey(secret: string): Promise<SigningKey> {
  const cached = keys.get(secret)
  if (cached) return cached
  const made = importKey(secret)
  keys.set(secret, made)
  return made
}

async function importKey(secret: string): Promise<SigningKey> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const bytes = new TextEncoder().encode(secret)
  const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign', 'verify'])
  return { key, kid: (await hashToken(`kid ${secret}`)).slice(0, 8) }
}

/** Signs claims as a JWT, HS256. `exp` is in seconds since the epoch. */
export async function sign(
  secret: string,
  claims: JWTPayload & { sub: string; aud: string; exp: number },
): Promise<string> {
  const { key, kid } = await signingKey(secret)
  return new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid }).sign(key)
}

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
    accessExpiresIn: secondsUntil(access.expiresAt, now),
    refreshToken,
    refreshExpiresAt: iso(refreshExpiresAt),
    refreshExpiresIn: secondsUntil(refreshExpiresAt, now),
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
  const token = await sign(secret, { ...claims, sub: access.userId, aud: 'access', exp })
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
  const { sessionId, generation } = refresh
  const exp = seconds(expiresAt)
  return sign(secret, { gen: generation, sub: sessionId, aud: 'refresh', exp })
}

/** A device on which a user has signed in. It lets nobody in. */
export interface Device {
  userId: string
  deviceId: string
}

/** Signs the token of a device: with it, a log-in is counted apart from those of others. */
export const signDeviceToken = (secret: string, { userId, deviceId }: Device, now: number) =>
  sign(secret, {
    sub: userId,
    jti: deviceId,
    aud: 'device',
    exp: seconds(now) + DEVICE_TOKEN_SECONDS,
  })

/** Returns undefined for a token that is not valid, or not any more. */
export async function verifyDeviceToken(
  secrets: Secrets,
  token: string,
  now: number,
): Promise<Device | undefined> {
  try {
    const { sub, jti } = (await verifyClaims(secrets, token, 'device', now)).claims
    return sub && jti ? { userId: sub, deviceId: jti } : undefined
  } catch {
    return undefined
  }
}

// A client sends the same token with every request, so each is verified once per isolate.
const verifiedTokens = new Map<string, { secret: string; access: AccessClaims }>()
const MAX_VERIFIED = 5000

/** Throws `token_expired` for an expired token of this service, `unauthenticated` for any other invalid one. */
export async function verifyAccessToken(
  secrets: Secrets,
  token: string,
  now: number,
): Promise<AccessClaims> {
  const cached = verifiedTokens.get(token)
  if (cached && secrets.includes(cached.secret) && cached.access.expiresAt > now)
    return cached.access
  const { secret, claims } = await verifyClaims(secrets, token, 'access', now)
  const { sub, sid, exp } = claims
  if (!sub || typeof sid !== 'string' || !exp) throw invalidToken()
  const access = { userId: sub, sessionId: sid, expiresAt: exp * 1000 }
  if (verifiedTokens.size >= MAX_VERIFIED) verifiedTokens.clear()
  verifiedTokens.set(token, { secret, access })
  return access
}

/** Throws as `verifyAccessToken` does. */
export async function verifyRefreshToken(
  secrets: Secrets,
  token: string,
  now: number,
): Promise<RefreshClaims> {
  const { sub, gen } = (await verifyClaims(secrets, token, 'refresh', now)).claims
  if (!sub || typeof gen !== 'number') throw invalidToken()
  return { sessionId: sub, generation: gen }
}

/** Returns the claims of a token for this `audience`, and the secret that signed it. Throws as `verifyAccessToken` does. */
export async function verifyClaims(
  secrets: Secrets,
  token: string,
  audience: string,
  now: number,
): Promise<{ secret: string; claims: JWTPayload }> {
  try {
    const secret = await secretOf(secrets, decodeProtectedHeader(token).kid)
    const { key } = await signingKey(secret)
    const options = { algorithms: ['HS256'], audience, currentDate: new Date(now) }
    return { secret, claims: (await jwtVerify(token, key, options)).payload }
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      throw new ApiError('token_expired', 'The token has expired. Refresh the session.')
    }
    throw invalidToken()
  }
}

/** The secret that a token names. One without a name is from before there were names. */
async function secretOf(secrets: Secrets, kid: string | undefined): Promise<string> {
  const [current, previous] = secrets
  if (previous === undefined) return current
  const { kid: latest } = await signingKey(current)
  return kid === latest ? current : previous
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
