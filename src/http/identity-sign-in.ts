import type { Context } from 'hono'
import { type Identity, verifyIdentityToken } from '../auth/identity-tokens'
import * as identities from '../directory/identities'
import * as logInCodes from '../directory/log-in-codes'
import * as profileFanout from '../fanout/profile-fanout'
import { publishAccount } from '../inbox/account-news'
import type { LoggedIn, Proof } from '../schemas/sessions'
import * as identityPictures from '../uploads/identity-pictures'
import { answerLogIn } from './answer-log-in'
import type { AppEnv } from './context'
import { clientOf } from './sign-in'

/** By what a client shows an identity: a token, or the code that a page got. */
export type IdentityProof = Pick<Proof, 'identityToken' | 'nonce' | 'code' | 'codeVerifier'>

/** Who an issuer says that somebody is. Throws `identity_refused` and `unavailable`. */
export async function identityOf(
  {
    env,
    var: { directory, now },
  }: { env: Env; var: Pick<AppEnv['Variables'], 'directory' | 'now'> },
  { identityToken, nonce, code, codeVerifier }: IdentityProof,
): Promise<Identity> {
  if (code !== undefined && codeVerifier !== undefined)
    return logInCodes.take(directory, { code, codeVerifier }, now)
  return verifyIdentityToken(env, identityToken ?? '', nonce, now)
}

/** Opens a session of the user whom an identity is, and signs them in; `method` says by whose word. */
export async function signInByIdentity(
  c: Context<AppEnv>,
  identity: Identity,
  method: string,
): Promise<LoggedIn> {
  const { device } = clientOf(c)
  const { directory, now, appKeyId } = c.var
  const opening = { device, method, appKeyId }
  const { opened, isRenamed } = await identities.logIn(directory, identity, opening, now)
  if (isRenamed) {
    profileFanout.enqueue(c.env, opened.userId)
    publishAccount(c.env, opened.userId, now)
  }
  const signedIn = await answerLogIn(c, opened, {})
  // Last, so that nothing of the log-in waits behind it.
  c.executionCtx.waitUntil(takePicture(c, opened.userId, identity))
  return signedIn
}

async function takePicture(
  { env, var: { directory, now } }: Context<AppEnv>,
  userId: string,
  identity: Identity,
): Promise<void> {
  const isNew = await identityPictures.take({ env, directory }, { userId, identity }, now)
  if (isNew) publishAccount(env, userId, now)
}
