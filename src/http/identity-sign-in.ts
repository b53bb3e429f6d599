import type { Context } from 'hono'
import type { Identity } from '../auth/identity-tokens'
import * as identities from '../directory/identities'
import * as profileFanout from '../fanout/profile-fanout'
import { publishAccount } from '../inbox/account-news'
import { endBeyondLimit } from '../inbox/end-sessions'
import type { LoggedIn } from '../schemas/sessions'
import type { AppEnv } from './context'
import { clientOf, signIn } from './sign-in'

/** Opens a session of the user whom an identity is, and signs them in; `method` says by whose word. */
export async function signInByIdentity(
  c: Context<AppEnv>,
  identity: Identity,
  method: string,
): Promise<LoggedIn> {
  const { device } = clientOf(c)
  const { directory, now } = c.var
  const opening = { device, method }
  const { grant, isRenamed } = await identities.logIn(directory, identity, opening, now)
  if (isRenamed) {
    profileFanout.enqueue(c.env, grant.userId)
    publishAccount(c.env, grant.userId, now)
  }
  await endBeyondLimit(c.env, grant.userId, now)
  return { ...(await signIn(c, grant)), failedLogIns: null }
}
