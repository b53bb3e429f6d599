import { waitUntil } from 'cloudflare:workers'
import { open } from '../directory/database'
import * as emailLinks from '../directory/email-links'
import { ApiError } from '../errors'
import * as letters from './letters'
import { isConfigured, type MailBindings, pageLink, send } from './send'

type Bindings = MailBindings & Pick<Env, 'DB'>

/** Throws `forbidden` where e-mail is not configured. */
export function requireMail(env: MailBindings): void {
  if (isConfigured(env)) return
  throw new ApiError('forbidden', 'This service sends no e-mail. Ask who runs it.')
}

/** Sends a link to the address of a user that is not verified yet. Says whether there was one to send, and no limit. */
export async function sendVerification(
  env: Bindings,
  userId: string,
  now: number,
): Promise<'sent' | 'none' | 'limited'> {
  const directory = open(env.DB)
  const recipient = await emailLinks.findUnverified(directory, userId)
  if (!recipient) return 'none'
  const link = await emailLinks.issue(directory, 'verify', recipient, now)
  if (!link) return 'limited'
  const url = pageLink(env, `verify=${link.token}`)
  send(env, { to: link.email, ...letters.verification(link.username, url) })
  return 'sent'
}

/** The same in the background, after an address was given. */
export function startVerification(env: Bindings, userId: string, now: number): void {
  if (isConfigured(env)) waitUntil(sendVerification(env, userId, now).catch(logFailure))
}

/**
 * Sends a link to who has verified the address. All of it happens after the answer, and by the same statements whoever there is, so
 * that neither the answer nor its time tells who is known.
 */
export function startReset(
  env: Bindings,
  named: { username?: string | undefined; email?: string | undefined },
  now: number,
): void {
  waitUntil(sendReset(env, named, now).catch(logFailure))
}

async function sendReset(
  env: Bindings,
  named: { username?: string | undefined; email?: string | undefined },
  now: number,
): Promise<void> {
  const directory = open(env.DB)
  const recipient = await emailLinks.findVerified(directory, named)
  const link = await emailLinks.issue(directory, 'reset', recipient, now)
  if (!link) return
  const url = pageLink(env, `reset=${link.token}`)
  send(env, { to: link.email, ...letters.reset(link.username, url) })
}

// The message of a failed statement quotes its parameters.
const logFailure = (error: unknown) =>
  console.error({
    level: 'error',
    work: 'mail',
    message: error instanceof Error ? error.name : 'unknown',
  })
