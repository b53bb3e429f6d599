import type { Context } from 'hono'
import { verifyChallenge } from '../auth/log-in-challenges'
import { type Device, secretsOf, verifyDeviceToken } from '../auth/tokens'
import type { Directory } from '../directory/database'
import * as directoryLogin from '../directory/login'
import type { SecondFactor } from '../directory/second-factor'
import type { OpenedSession } from '../directory/sessions'
import { ApiError } from '../errors'
import { publishFactors } from '../inbox/account-news'
import { notify, notifyOfDevice } from '../mail/notices'
import { limitAccountLogIns, limitDeviceLogIns, limitLogIns } from '../middleware/rate-limits'
import type { PasskeyAssertion } from '../schemas/passkeys'
import { iso } from '../schemas/primitives'
import type { LoggedIn, NewSession } from '../schemas/sessions'
import { acceptPasskey } from './accept-passkey'
import { answerLogIn } from './answer-log-in'
import type { AppEnv } from './context'
import { clientOf } from './sign-in'

type Account = directoryLogin.Account | undefined

/** Logs in by a name and a password. Throws `wrong_password`, `second_factor_required`, `rate_limited`. */
export async function logInByPassword(
  c: Context<AppEnv>,
  login: directoryLogin.PasswordLogIn,
): Promise<LoggedIn> {
  const { directory, now } = c.var
  const { account, device } = await admit(c, login)
  const context = { ...contextOf(c), deviceId: device?.deviceId }
  const opened = await countingFailures(c, account, () =>
    directoryLogin.logIn(directory, login, account, context, now),
  )
  return answer(c, opened, { account, device })
}

/** Goes on with a log-in whose password was right. Throws `gone`, `wrong_code`, `rate_limited`. */
export async function logInBySecondFactor(
  c: Context<AppEnv>,
  { challenge, ...factor }: SecondFactor & { challenge: string },
): Promise<LoggedIn> {
  await limitLogIns(c, c.req.header('CF-Connecting-IP'))
  const { directory, now } = c.var
  const context = contextOf(c)
  const pending = await verifyChallenge(context.secrets, challenge, now)
  const account = await directoryLogin.findById(directory, pending.userId)
  const opened = await countingFailures(c, account, () =>
    directoryLogin.logInWithSecondFactor(directory, pending, factor, context, now),
  )
  if (factor.recoveryCode !== undefined) {
    publishFactors(c.env, opened.userId)
    notify(c.env, opened.userId, { kind: 'recoveryCode' }, now)
  }
  const { userId, deviceId } = pending
  return answer(c, opened, { account, device: deviceId ? { userId, deviceId } : undefined })
}

/** Logs in by a passkey alone: no name, no password, no code. Throws `passkey_refused`, `rate_limited`. */
export async function logInByPasskey(
  c: Context<AppEnv>,
  {
    passkey: assertion,
    deviceToken,
  }: { passkey: PasskeyAssertion; deviceToken?: string | undefined },
): Promise<LoggedIn> {
  await limitLogIns(c, c.req.header('CF-Connecting-IP'))
  const { directory, now } = c.var
  const passkey = await acceptPasskey(c, assertion, { act: 'log-in' })
  const account = await directoryLogin.findById(directory, passkey.userId)
  const name = clientOf(c).device
  const opened = await directoryLogin.logInByPasskey(directory, passkey, name, now)
  const known = await deviceOf(c, deviceToken)
  const device = known?.userId === opened.userId ? known : undefined
  return answer(c, opened, { account, device })
}

/** The device that a token names; undefined without one that is valid. */
const deviceOf = async (c: Context<AppEnv>, token: string | undefined) =>
  token === undefined ? undefined : verifyDeviceToken(secretsOf(c.env), token, c.var.now)

const contextOf = (c: Context<AppEnv>) => ({ ...clientOf(c), secrets: secretsOf(c.env) })

/** The owner is told of wrong passwords and codes at their next log-in. */
async function countingFailures(
  c: Context<AppEnv>,
  account: Account,
  logIn: () => Promise<OpenedSession>,
): Promise<OpenedSession> {
  const { directory, now }: { directory: Directory; now: number } = c.var
  return logIn().catch((refusal) => {
    const isWrong =
      refusal instanceof ApiError && ['wrong_password', 'wrong_code'].includes(refusal.code)
    if (isWrong) c.executionCtx.waitUntil(directoryLogin.countFailure(directory, account, now))
    throw refusal
  })
}

async function answer(
  c: Context<AppEnv>,
  opened: OpenedSession,
  { account, device }: { account: Account; device: Device | undefined },
): Promise<LoggedIn> {
  const session = { userId: opened.userId, sessionId: opened.id, device: clientOf(c).device }
  if (!device) notifyOfDevice(c.env, session, c.var.now)
  const failedLogIns = failuresOf(account)
  return answerLogIn(c, opened, { ...(device && { device }), failedLogIns })
}

/** Finds the account that a log-in names, within the limits. Throws `rate_limited`. */
async function admit(
  c: Context<AppEnv>,
  login: Pick<NewSession, 'username' | 'email' | 'deviceToken'>,
) {
  const { directory } = c.var
  const address = c.req.header('CF-Connecting-IP')
  const device = await deviceOf(c, login.deviceToken)
  if (device) await limitDeviceLogIns(c, device.deviceId)
  else await limitLogIns(c, address)
  const account = await directoryLogin.find(directory, login)
  if (device && device.userId === account?.id) return { account, device }
  // Somebody else's device is none, and has not been counted as one.
  if (device) await limitLogIns(c, address)
  const name = account?.id ?? `no ${login.email ?? login.username}`
  await limitAccountLogIns(c, name, address)
  return { account, device: undefined }
}

const failuresOf = (account: Account): LoggedIn['failedLogIns'] =>
  account && account.failedLogins > 0 && account.failedLoginAt !== null
    ? { count: account.failedLogins, lastAt: iso(account.failedLoginAt) }
    : null
