import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server'
import { base64url } from 'jose'
import { ApiError } from '../errors'
import type {
  PasskeyAssertion,
  PasskeyCreation,
  PasskeyCreationOptions,
  PasskeyRequestOptions,
} from '../schemas/passkeys'
import type { RelyingParty } from './relying-party'
import { newToken, type Secrets, sign, verifyClaims } from './tokens'

/** How long somebody may look for their security key. */
const CHALLENGE_SECONDS = 5 * 60

/** EdDSA, ES256 and RS256, as COSE numbers them. */
const ALGORITHMS = [-8, -7, -257]

/** What a challenge is for, and the session that it is for; a log-in has none yet. */
export type Purpose =
  | { act: 'add' | 'prove'; sessionId: string }
  | { act: 'log-in'; sessionId?: undefined }

/** A challenge that was answered. */
export interface AnsweredChallenge {
  id: string
  /** When it would have ended, in milliseconds since the epoch. */
  until: number
}

/** A passkey as it is stored. */
export interface StoredPasskey {
  credentialId: string
  publicKey: string
  counter: number
}

interface Owner {
  userId: string
  username: string
  displayName: string
}

type Descriptor = PasskeyRequestOptions['allowCredentials'][number]

interface Context {
  secrets: Secrets
  relyingParty: RelyingParty
  now: number
}

const audienceOf = ({ act }: Purpose) => `passkey-${act}`

// Signed, so that asking for one stores nothing. The browser signs it as it is, and sends it back in what it signed.
async function newChallenge(purpose: Purpose, { secrets, now }: Context): Promise<string> {
  const exp = Math.floor(now / 1000) + CHALLENGE_SECONDS
  const sub = purpose.sessionId ?? 'anyone'
  return sign(secrets[0], { sub, aud: audienceOf(purpose), jti: newToken(), exp })
}

const TIMEOUT = { timeout: CHALLENGE_SECONDS * 1000 }

/** What a browser makes a passkey from: one that needs no name to log in, and makes sure of who uses it. */
export async function creationOptions(
  { userId, username, displayName }: Owner,
  known: Descriptor[],
  purpose: Purpose,
  context: Context,
): Promise<PasskeyCreationOptions> {
  const { id } = context.relyingParty
  return {
    ...TIMEOUT,
    challenge: base64url.encode(await newChallenge(purpose, context)),
    rp: { id, name: id },
    user: { id: base64url.encode(userId), name: username, displayName },
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ alg, type: 'public-key' })),
    excludeCredentials: known,
    authenticatorSelection: {
      residentKey: 'required',
      requireResidentKey: true,
      userVerification: 'required',
    },
    attestation: 'none',
  }
}

/** What a browser uses a passkey for: one of these, or of none given any that it has for this domain. */
export const requestOptions = async (
  known: Descriptor[],
  purpose: Purpose,
  context: Context,
): Promise<PasskeyRequestOptions> => ({
  ...TIMEOUT,
  challenge: base64url.encode(await newChallenge(purpose, context)),
  rpId: context.relyingParty.id,
  allowCredentials: known,
  userVerification: 'required',
})

/** Verifies a passkey that a browser has made. Throws `passkey_refused`. */
export async function verifyCreation(
  { id, rawId, response }: PasskeyCreation,
  purpose: Purpose,
  context: Context,
): Promise<{ passkey: StoredPasskey & { synced: boolean }; challenge: AnsweredChallenge }> {
  const { origin, expectedChallenge, answered } = expectations(response, purpose, context)
  const { clientDataJSON, attestationObject } = response
  const { verified, registrationInfo } = await verifyRegistrationResponse({
    response: {
      id,
      rawId,
      type: 'public-key',
      clientExtensionResults: {},
      response: { clientDataJSON, attestationObject },
    },
    expectedChallenge,
    expectedOrigin: origin,
    expectedRPID: context.relyingParty.id,
    requireUserVerification: true,
    supportedAlgorithmIDs: ALGORITHMS,
  }).catch(refuse)
  if (!verified) throw refused()
  const { credential, credentialBackedUp } = registrationInfo
  return {
    passkey: {
      credentialId: credential.id,
      publicKey: base64url.encode(credential.publicKey),
      counter: credential.counter,
      synced: credentialBackedUp,
    },
    challenge: answered(),
  }
}

/** Verifies the use of a passkey and returns its counter, which has grown where it counts. Throws `passkey_refused`. */
export async function verifyAssertion(
  { id, rawId, response }: PasskeyAssertion,
  stored: StoredPasskey,
  purpose: Purpose,
  context: Context,
): Promise<{ counter: number; challenge: AnsweredChallenge }> {
  const { origin, expectedChallenge, answered } = expectations(response, purpose, context)
  const { clientDataJSON, authenticatorData, signature } = response
  const { verified, authenticationInfo } = await verifyAuthenticationResponse({
    response: {
      id,
      rawId,
      type: 'public-key',
      clientExtensionResults: {},
      response: { clientDataJSON, authenticatorData, signature },
    },
    expectedChallenge,
    expectedOrigin: origin,
    expectedRPID: context.relyingParty.id,
    credential: {
      id: stored.credentialId,
      publicKey: new Uint8Array(base64url.decode(stored.publicKey)),
      counter: stored.counter,
    },
    requireUserVerification: true,
  }).catch(refuse)
  if (!verified) throw refused()
  return { counter: authenticationInfo.newCounter, challenge: answered() }
}

/** What must be true of what the browser signed: asked for here, by this session, on a page of ours and in no frame of another. */
function expectations(
  { clientDataJSON }: { clientDataJSON: string },
  purpose: Purpose,
  { secrets, relyingParty, now }: Context,
) {
  const origin = originOf(clientDataJSON)
  if (origin === undefined || !relyingParty.isOrigin(origin)) {
    throw refused('This page may not use passkeys here.')
  }
  let answer: AnsweredChallenge | undefined
  return {
    origin,
    async expectedChallenge(challenge: string): Promise<boolean> {
      const token = new TextDecoder().decode(base64url.decode(challenge))
      const { claims } = await verifyClaims(secrets, token, audienceOf(purpose), now)
      const { sub, jti, exp } = claims
      if (sub !== (purpose.sessionId ?? 'anyone') || !jti || !exp) return false
      answer = { id: jti, until: exp * 1000 }
      return true
    },
    answered(): AnsweredChallenge {
      if (!answer) throw refused()
      return answer
    },
  }
}

function originOf(clientDataJSON: string): string | undefined {
  try {
    const json = new TextDecoder().decode(base64url.decode(clientDataJSON))
    const { origin, crossOrigin } = JSON.parse(json) as Record<string, unknown>
    return typeof origin === 'string' && !crossOrigin ? origin : undefined
  } catch {
    return undefined
  }
}

// What the library says may quote the challenge, and is for nobody who tries.
function refuse(): never {
  throw refused()
}

export const refused = (
  detail = 'This passkey was not accepted. Try again, or log in another way.',
) => new ApiError('passkey_refused', detail)
