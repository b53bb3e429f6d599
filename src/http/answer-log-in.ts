import type { Context } from 'hono'
import type { Device, Grant } from '../auth/tokens'
import type { OpenedSession } from '../directory/sessions'
import * as profileFanout from '../fanout/profile-fanout'
import { publishAccount } from '../inbox/account-news'
import { endBeyondLimit } from '../inbox/end-sessions'
import { notify } from '../mail/notices'
import type { LoggedIn } from '../schemas/sessions'
import type { AppEnv } from './context'
import { signIn } from './sign-in'

/** What every log-in ends in. */
export async function answerLogIn(
  c: Context<AppEnv>,
  opened: OpenedSession,
  { device, failedLogIns = null }: { device?: Device } & Partial<Pick<LoggedIn, 'failedLogIns'>>,
): Promise<LoggedIn> {
  // First: no later log-in makes up for it.
  if (opened.isRestored) announceRestored(c, opened)
  await endBeyondLimit(c.env, opened.userId, c.var.now)
  return { ...(await signIn(c, opened, device)), restored: opened.isRestored, failedLogIns }
}

/** A hidden account was taken back: its rooms get its name again, and its owner is told. All in the background. */
function announceRestored({ env, var: { now } }: Context<AppEnv>, { userId }: Grant): void {
  profileFanout.enqueue(env, userId)
  publishAccount(env, userId, now)
  notify(env, userId, { kind: 'takenBack' }, now)
}
