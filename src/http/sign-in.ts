import type { Context } from 'hono'
import { type Device, type Grant, issueTokens, signDeviceToken } from '../auth/tokens'
import * as accounts from '../directory/accounts'
import type { OpenedSession } from '../directory/sessions'
import { record } from '../directory/site-audit'
import * as userAgent from '../directory/user-agent'
import * as profileFanout from '../fanout/profile-fanout'
import { publishAccount } from '../inbox/account-news'
import { endBeyondLimit } from '../inbox/end-sessions'
import { notify } from '../mail/notices'
import type { LoggedIn, SignedIn } from '../schemas/sessions'
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

/** What every log-in ends in. */
export async function answerLogIn(
  c: Context<AppEnv>,
  opened: OpenedSession,
  { device, failedLogIns = null }: { device?: Device } & Partial<Pick<LoggedIn, 'failedLogIns'>>,
): Promise<LoggedIn> {
  await endBeyondLimit(c.env, opened.userId, c.var.now)
  if (opened.isRestored) await announceRestored(c, opened)
  return { ...(await signIn(c, opened, device)), restored: opened.isRestored, failedLogIns }
}

/** A hidden account was taken back: its rooms get its name again, and its owner is told. */
async function announceRestored(
  { env, var: { directory, now, appKeyId } }: Context<AppEnv>,
  { userId }: Grant,
): Promise<void> {
  const action = appKeyId === undefined ? 'createSession' : 'createAppSession'
  const act = { actorId: appKeyId ?? userId, action, userId, detail: { restored: 'true' } }
  await record(directory, act, now)
  profileFanout.enqueue(env, userId)
  publishAccount(env, userId, now)
  notify(env, userId, { kind: 'takenBack' }, now)
}
