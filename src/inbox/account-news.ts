import { waitUntil } from 'cloudflare:workers'
import * as accounts from '../directory/accounts'
import { open } from '../directory/database'
import { publish } from './client'

/** Tells a user's devices that their account changed, in the background. A deleted account has none. */
export function publishAccount(
  env: Pick<Env, 'DB' | 'INBOXES'>,
  userId: string,
  now: number,
): void {
  const work = accounts.find(open(env.DB), userId, now).then(
    (me) => publish(env, userId, [{ type: 'me.updated', me }]),
    (error) => console.error({ level: 'error', work: 'inbox', message: String(error) }),
  )
  waitUntil(work)
}
