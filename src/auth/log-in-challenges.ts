import { ApiError } from '../errors'
import { hashToken, newToken, type Secrets, sign, verifyClaims } from './tokens'

/** How long somebody may look for the device with their authenticator app. */
const CHALLENGE_SECONDS = 5 * 60
const AUDIENCE = 'second-factor'

/** A log-in whose password was right. */
export interface PendingLogIn {
  userId: string
  /** Of the hash that the password was checked against: a new password ends the log-in. */
  passwordTag: string
  /** The device that was known by its token. */
  deviceId: string | undefined
}

/** Signs what a log-in goes on with after a right password. It opens nothing by itself. */
export async function signChallenge(
  secret: string,
  { userId, passwordTag, deviceId }: PendingLogIn,
  now: number,
): Promise<string> {
  const exp = Math.floor(now / 1000) + CHALLENGE_SECONDS
  const claims = { pwd: passwordTag, jti: newToken(), ...(deviceId && { device: deviceId }) }
  return sign(secret, { ...claims, sub: userId, aud: AUDIENCE, exp })
}

/** Throws `gone` for one that has ended or was never made here. */
export async function verifyChallenge(
  secrets: Secrets,
  challenge: string,
  now: number,
): Promise<PendingLogIn> {
  const { claims } = await verifyClaims(secrets, challenge, AUDIENCE, now).catch(() => {
    throw challengeEnded()
  })
  const { sub, pwd, device } = claims
  if (!sub || typeof pwd !== 'string') throw challengeEnded()
  return {
    userId: sub,
    passwordTag: pwd,
    deviceId: typeof device === 'string' ? device : undefined,
  }
}

/** Says which password hash it was, and no more about it. */
export const passwordTag = async (passwordHash: string): Promise<string> =>
  (await hashToken(`pwd ${passwordHash}`)).slice(0, 16)

export const challengeEnded = () =>
  new ApiError('gone', 'This log-in has ended. Enter your password again.')
