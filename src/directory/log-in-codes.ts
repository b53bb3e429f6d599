import { eq, lt } from 'drizzle-orm'
import type { LogIn } from '../auth/code-flow'
import type { Identity } from '../auth/identity-tokens'
import { hashToken, newToken } from '../auth/tokens'
import { ApiError } from '../errors'
import type { Directory } from './database'
import { logInCodes } from './schema'

/** How long a code is good. A page that has just been opened sends it at once. */
export const CODE_SECONDS = 60

/** Makes the code of a log-in. Returns undefined if there was one before: an issuer answers once. */
export async function create(
  directory: Directory,
  { id, challenge, until }: LogIn,
  identity: Identity,
  now: number,
): Promise<string | undefined> {
  const code = newToken()
  const created = await directory
    .insert(logInCodes)
    .values({
      logInId: id,
      hash: await hashToken(code),
      challenge,
      identity: JSON.stringify(identity),
      codeUntil: now + CODE_SECONDS * 1000,
      until,
    })
    .onConflictDoNothing()
    .returning({ id: logInCodes.logInId })
  return created.length > 0 ? code : undefined
}

/**
 * Uses a code up, whether or not the verifier is that of the page that asked: who shows it with another has stolen it.
 * Throws `identity_refused`.
 */
export async function take(
  directory: Directory,
  { code, codeVerifier }: { code: string; codeVerifier: string },
  now: number,
): Promise<Identity> {
  const hash = await hashToken(code)
  const isIt = eq(logInCodes.hash, hash)
  const [[found]] = await directory.batch([
    directory.select().from(logInCodes).where(isIt),
    directory.update(logInCodes).set({ hash: null, identity: null }).where(isIt),
  ])
  const isGood =
    found?.identity && found.codeUntil > now && found.challenge === (await hashToken(codeVerifier))
  if (isGood) return JSON.parse(found.identity as string)
  throw new ApiError(
    'identity_refused',
    'This code was used before, is too old or was made for another page. Log in again.',
  )
}

/** Deletes what nobody can answer or use any more. */
export const sweep = (directory: Directory, now: number) =>
  directory.delete(logInCodes).where(lt(logInCodes.until, now - CODE_SECONDS * 1000))
