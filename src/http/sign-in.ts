import type { Context } from 'hono'
import { type Device, type Grant, issueTokens, signDeviceToken } from '../auth/tokens'
import * as accounts from '../directory/accounts'
import * as userAgent from '../directory/user-agent'
import type { SignedIn } from '../schemas/sessions'
import type { AppEnv } from './context'

/** What the directory needs to know of a client that registers or logs in. */
export const clientOf = (c: Context<AppEnv>) => ({
  device: userAgent.deviceName(c.req.header('User-Agent')),
  cost: Number(c.env.PASSWORD_COST),
})

/** Issues the tokens of a session, and returns them with the account. A device that is known keeps its id. */
export async function signIn(
  { env, var: { directory, now } }: Context<AppEnv>,
  grant: Grant,
  device: Device = { userId: grant.userId, deviceId: grant.id },
) {
  const [session, deviceToken, me] = await Promise.all([
    issueTokens(env.TOKEN_SECRET, grant, now),
    signDeviceToken(env.TOKEN_SECRET, device, now),
    accounts.find(directory, grant.userId, now),
  ])
  return { me, session, deviceToken } satisfies SignedIn
}
