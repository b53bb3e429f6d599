import {
  base64url,
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWSHeaderParameters,
  type JWTPayload,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose'
import { ApiError } from '../errors'
import { type Issuer, issuersOf } from './identity-issuers'
import { keyFor } from './jwks'

/** Who an issuer says that somebody is. */
export interface Identity {
  issuer: string
  subject: string
  /** As the issuer has it; undefined where it says none. */
  name: string | undefined
  /** Where their picture is, unchecked; undefined where the issuer says nothing, or the operator wants no pictures of it. */
  picture?: string | undefined
  /** When they proved who they are, in milliseconds since the epoch. */
  provenAt: number
}

/** How far the clock of an issuer may be from ours. */
const LEEWAY_SECONDS = 30
export const MAX_TOKEN = 8192
const MAX_SUBJECT = 255

/**
 * Verifies a token of an issuer that the operator trusts. `nonce` must be the token's, and absent where it has none. Throws
 * `identity_refused`, and `unavailable` while the keys of the issuer cannot be read.
 */
export async function verifyIdentityToken(
  env: Pick<Env, 'IDENTITY_ISSUERS'>,
  token: string,
  nonce: string | undefined,
  now: number,
): Promise<Identity> {
  const { issuer: named, header } = read(token)
  const issuer = issuersOf(env).get(named)
  if (!issuer) throw refused('is of nobody whose word is taken here')
  assertHeader(issuer, header)
  const { payload } = await verify(issuer, token, now)
  const { sub, nonce: expected, name, picture } = payload
  if (typeof sub !== 'string' || sub === '' || sub.length > MAX_SUBJECT)
    throw refused('has no subject of 1 to 255 characters')
  assertForUs(issuer, payload)
  if (nonce !== expected) throw refused('is for another nonce')
  return {
    issuer: issuer.issuer,
    subject: sub,
    name: typeof name === 'string' ? name : undefined,
    picture: issuer.pictures && typeof picture === 'string' ? picture : undefined,
    provenAt: provenAt(payload, now),
  }
}

/** What a token says, before anything is verified. */
function read(token: string): { issuer: string; header: ProtectedHeaderParameters } {
  try {
    assertForm(token)
    return { issuer: decodeJwt(token).iss ?? '', header: decodeProtectedHeader(token) }
  } catch {
    throw refused('is no JWT')
  }
}

// One token has one form: not with padding, spaces or stray bits behind the last byte.
function assertForm(token: string): void {
  const parts = token.split('.')
  const isCanonical = (part: string) =>
    part !== '' && base64url.encode(base64url.decode(part)) === part
  if (token.length > MAX_TOKEN || parts.length !== 3 || !parts.every(isCanonical)) {
    throw refused('is no JWT')
  }
}

async function verify(issuer: Issuer, token: string, now: number) {
  const options = {
    algorithms: [...issuer.algorithms],
    issuer: issuer.issuer,
    audience: issuer.audience,
    requiredClaims: ['sub', 'exp', 'iat'],
    clockTolerance: LEEWAY_SECONDS,
    maxTokenAge: issuer.maxAgeSeconds,
    currentDate: new Date(now),
  }
  try {
    return 'sharedKey' in issuer
      ? await jwtVerify(token, new TextEncoder().encode(issuer.sharedKey), options)
      : await jwtVerify(token, (head: JWSHeaderParameters) => keyFor(issuer.jwks, head), options)
  } catch (error) {
    if (error instanceof ApiError) throw error
    throw refused(reasonOf(error))
  }
}

// Before any key is fetched. No header of ours is critical, and an access token says what it is in `typ`.
function assertHeader(issuer: Issuer, { alg, crit, typ }: ProtectedHeaderParameters): void {
  if (crit !== undefined) throw refused('has critical headers')
  if (!(issuer.algorithms as string[]).includes(alg ?? '')) {
    throw refused('is signed by an algorithm that its issuer does not use')
  }
  if (typ !== undefined && String(typ).toUpperCase() !== 'JWT')
    throw refused('is no identity token')
}

// A token for several parties says which of them asked for it.
function assertForUs({ audience }: Issuer, { azp }: JWTPayload): void {
  if (azp !== undefined && ![audience].flat().includes(String(azp))) {
    throw refused('was made for another party')
  }
}

/** `auth_time` where the issuer says it, otherwise when it made the token. Never ahead of our clock. */
function provenAt({ auth_time: at, iat = 0 }: JWTPayload, now: number): number {
  return Math.min(now, (typeof at === 'number' && at >= 0 ? at : iat) * 1000)
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'has expired, or is too old'
  if (error instanceof errors.JWTClaimValidationFailed) return `has a wrong \`${error.claim}\``
  if (error instanceof errors.JWKSNoMatchingKey)
    return 'is signed by a key that its issuer does not publish'
  return 'has a wrong signature'
}

const refused = (reason: string) =>
  new ApiError('identity_refused', `The identity token ${reason}.`)
