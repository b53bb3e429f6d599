import { waitUntil } from 'cloudflare:workers'
import { keep } from './kept-mail'
import type { Message } from './letter'

declare global {
  // Only `npm start` sets it.
  interface Env {
    LOCAL_MAIL?: string
  }
}

export type MailBindings = Pick<Env, 'EMAIL' | 'MAIL_FROM' | 'PUBLIC_URL' | 'LOCAL_MAIL'>

const SENDER_NAME = 'chatroom'
const ATTEMPTS = 3
const PAUSE_MS = 400
// Asking again helps with these; with any other, the answer would be the same.
const PASSING = /E_RATE_LIMIT_EXCEEDED|E_INTERNAL_SERVER_ERROR/

/** Whether this service sends e-mail: it needs a sender, and the origin of the page that its links lead to. */
export const isConfigured = ({ EMAIL, MAIL_FROM, PUBLIC_URL }: MailBindings): boolean =>
  Boolean(EMAIL) && MAIL_FROM !== '' && originOf(PUBLIC_URL) !== undefined

/**
 * A link to the page. Its secret stands behind the `#`, which no server and no log is told. The origin is configured and never
 * that of the request, which whoever asks can choose.
 */
export const pageLink = ({ PUBLIC_URL }: MailBindings, fragment: string): string =>
  `${originOf(PUBLIC_URL)}/#${fragment}`

function originOf(url: string): string | undefined {
  const parsed = URL.parse(url)
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed.origin : undefined
}

/** Sends a message in the background, so that no answer waits for it. Nothing is sent where e-mail is not configured. */
export function send(env: MailBindings, message: Message): void {
  if (!isConfigured(env)) return
  waitUntil(deliver(env, message))
}

/** Never throws. An error is logged by its code: its text may quote the address. */
async function deliver(env: MailBindings, { to, subject, text, html }: Message): Promise<void> {
  if (env.LOCAL_MAIL === 'on') keep({ to, subject, text, html }, Date.now())
  const from = { name: SENDER_NAME, email: env.MAIL_FROM }
  for (let attempt = 1; ; attempt += 1) {
    try {
      await env.EMAIL.send({ from, to, subject, text, html })
      return
    } catch (error) {
      const code = codeOf(error)
      if (attempt < ATTEMPTS && PASSING.test(code)) {
        await scheduler.wait(PAUSE_MS * attempt)
        continue
      }
      console.error({ level: 'error', work: 'mail', code, subject })
      return
    }
  }
}

const codeOf = (error: unknown): string =>
  /\b[A-Z]+(_[A-Z]+)+\b/.exec(
    error instanceof Error ? `${(error as { code?: unknown }).code} ${error.message}` : '',
  )?.[0] ?? 'unknown'
