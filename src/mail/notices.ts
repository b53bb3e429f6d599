import { waitUntil } from 'cloudflare:workers'
import { open } from '../directory/database'
import * as emailLinks from '../directory/email-links'
import * as sessions from '../directory/sessions'
import { type Notice, notice } from './letters'
import { isConfigured, type MailBindings, send } from './send'

type Bindings = MailBindings & Pick<Env, 'DB'>

/** Tells the owner of an account, at the address they verified, in the background. Who has none is told nothing. */
export const notify = (env: Bindings, userId: string, about: Notice, now: number): void =>
  inBackground(env, async () => {
    const recipient = await emailLinks.findVerifiedOf(open(env.DB), userId)
    if (recipient) send(env, { to: recipient.email, ...notice(recipient.username, about, now) })
  })

/** Tells an address that was the verified one of an account. */
export const notifyFormer = (
  env: Bindings,
  { email, username }: { email: string; username: string },
  now: number,
): void => send(env, { to: email, ...notice(username, { kind: 'address' }, now) })

/** Tells of a log-in on a device whose name no other session of the user has. */
export const notifyOfDevice = (
  env: Bindings,
  session: { userId: string; sessionId: string; device: string },
  now: number,
): void =>
  inBackground(env, async () => {
    if (await sessions.isKnownDevice(open(env.DB), session)) return
    notify(env, session.userId, { kind: 'device', device: session.device }, now)
  })

function inBackground(env: Bindings, work: () => Promise<void>): void {
  if (!isConfigured(env)) return
  waitUntil(
    work().catch((error) => {
      console.error({ level: 'error', work: 'mail', message: nameOf(error) })
    }),
  )
}

// The message of a failed statement quotes its parameters.
const nameOf = (error: unknown) => (error instanceof Error ? error.name : 'unknown')
