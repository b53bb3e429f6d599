import { base64url } from 'jose'
import * as oauth from 'oauth4webapi'
import { boundedFetch } from './bounded-fetch'
import type { PageIssuer } from './identity-issuers'
import { newToken, type Secrets, sign, signingKey, verifyClaims } from './tokens'

/** How long somebody may take to log in at the issuer. */
export const LOG_IN_SECONDS = 10 * 60
/** For so long a log-in that took too long still finds its page, to say so. */
const STATE_SECONDS = 24 * 60 * 60
const TIMEOUT_MS = 5000
const MAX_BYTES = 64 * 1024

/** A log-in under way at an issuer. It is stored nowhere but in the `state` that the issuer hands back. */
export interface LogIn {
  /** Random. Whatever else must be secret or unforgeable of this log-in is derived from it. */
  id: string
  /** The name of the issuer, so that no other can answer. */
  issuer: string
  /** What the page made of its own verifier. */
  challenge: string
  returnTo: string
  /** Until when the issuer may answer, in milliseconds since the epoch. */
  until: number
}

/** Why a log-in at an issuer came to nothing, as its page is told. */
export type Failure = 'access_denied' | 'expired' | 'identity_refused' | 'unavailable'

/** Thrown where a log-in at an issuer comes to nothing. */
export class LogInFailure extends Error {
  constructor(readonly code: Failure) {
    super(code)
  }
}

export const begin = (log: Omit<LogIn, 'id' | 'until'>, now: number): LogIn => ({
  ...log,
  id: newToken(),
  until: now + LOG_IN_SECONDS * 1000,
})

/** The address at which somebody logs in; `isFresh` has them do so again though the issuer knows them. */
export async function authorizationUrl(
  secret: string,
  { issuer, flow }: PageIssuer,
  { log, redirectUri, isFresh }: { log: LogIn; redirectUri: string; isFresh: boolean },
): Promise<string> {
  const url = new URL(flow.authorizationEndpoint)
  const verifier = await derive(secret, 'verifier', log)
  const parameters = {
    client_id: flow.clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: flow.scope,
    state: await signState(secret, log),
    nonce: await derive(secret, 'nonce', log),
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    // Without the second, an issuer need not say when.
    ...(isFresh && { prompt: 'login', max_age: `${issuer.maxAgeSeconds}` }),
  }
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value)
  return url.href
}

const signState = (secret: string, { id, issuer, challenge, returnTo, until }: LogIn) =>
  sign(secret, {
    sub: id,
    aud: 'code-flow',
    iss: issuer,
    challenge,
    to: returnTo,
    exp: Math.floor(until / 1000) + STATE_SECONDS,
    until,
  })

/** The log-in that a `state` is of, and the secret that signed it. Throws `unauthenticated` and `token_expired`. */
export async function readState(
  secrets: Secrets,
  state: string,
  now: number,
): Promise<{ secret: string; log: LogIn }> {
  const { secret, claims } = await verifyClaims(secrets, state, 'code-flow', now)
  const { sub, iss, challenge, to, until } = claims
  return {
    secret,
    log: {
      id: String(sub),
      issuer: String(iss),
      challenge: String(challenge),
      returnTo: String(to),
      until: Number(until),
    },
  }
}

// What only we can know of a log-in, without keeping it.
async function derive(secret: string, purpose: string, { id }: LogIn): Promise<string> {
  const { key } = await signingKey(secret)
  const bytes = new TextEncoder().encode(`code flow ${purpose} ${id}`)
  return base64url.encode(new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes)))
}

/** What an issuer answered to a log-in. */
interface Answer {
  log: LogIn
  parameters: URLSearchParams
  redirectUri: string
}

/**
 * Exchanges the code of an issuer's answer for the identity token, whose signature is not verified here, and the nonce it
 * must have. Throws `LogInFailure`.
 */
export async function exchange(
  secret: string,
  { issuer, flow }: PageIssuer,
  { log, parameters, redirectUri }: Answer,
): Promise<{ token: string; nonce: string }> {
  const server: oauth.AuthorizationServer = {
    issuer: issuer.issuer,
    token_endpoint: flow.tokenEndpoint,
    id_token_signing_alg_values_supported: [...issuer.algorithms],
  }
  const client = { client_id: flow.clientId }
  const nonce = await derive(secret, 'nonce', log)
  try {
    // Its state was read before.
    const answered = oauth.validateAuthResponse(server, client, parameters, oauth.skipStateCheck)
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      authenticationOf(flow),
      answered,
      redirectUri,
      await derive(secret, 'verifier', log),
      {
        [oauth.customFetch]: (address, init) =>
          boundedFetch(address, {
            ...(init as RequestInit),
            timeoutMs: TIMEOUT_MS,
            maxBytes: MAX_BYTES,
          }),
        // The settings allow http on this machine only.
        [oauth.allowInsecureRequests]: true,
      },
    )
    const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
      expectedNonce: nonce,
      requireIdToken: true,
    })
    return { token: tokens.id_token ?? '', nonce }
  } catch (error) {
    throw failureOf(error, flow.name)
  }
}

function authenticationOf({ clientSecret, authMethod }: PageIssuer['flow']): oauth.ClientAuth {
  if (clientSecret === undefined) return oauth.None()
  return authMethod === 'client_secret_post'
    ? oauth.ClientSecretPost(clientSecret)
    : oauth.ClientSecretBasic(clientSecret)
}

/** The answer itself is wrong. Everything else is a fault of the issuer, of the network or of the settings. */
const WRONG: unknown[] = [
  oauth.INVALID_RESPONSE,
  oauth.JWT_CLAIM_COMPARISON,
  oauth.JWT_TIMESTAMP_CHECK,
  oauth.UNSUPPORTED_OPERATION,
]
const DOWN: unknown[] = ['server_error', 'temporarily_unavailable']

/** What the page is told; the operator reads more in the log, but nothing that the issuer wrote for people. */
function failureOf(error: unknown, issuer: string): LogInFailure {
  const isAnswer = error instanceof oauth.AuthorizationResponseError
  const said = isAnswer || error instanceof oauth.ResponseBodyError ? error.error : undefined
  if (isAnswer && said === 'access_denied') return new LogInFailure('access_denied')
  const { name, message, code } = error as Partial<Error & { code: unknown }>
  console.error({
    level: 'error',
    work: 'code-flow',
    issuer,
    name,
    message,
    said: said?.slice(0, 64),
  })
  const isRefused =
    said === 'invalid_grant' || (isAnswer && !DOWN.includes(said)) || WRONG.includes(code)
  return new LogInFailure(isRefused ? 'identity_refused' : 'unavailable')
}
