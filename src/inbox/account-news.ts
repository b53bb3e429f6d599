import { waitUntil } from 'cloudflare:workers'
import * as accounts from '../directory/accounts'
import { open } from '../directory/database'
import * as factors from '../directory/factors'
import { rootOf } from '../errors'
import type { InboxUpdate } from '../schemas/inbox'
import { publish } from './client'

type Bindings = Pick<Env, 'DB' | 'INBOXES'>

/** Tells a user's devices that their account changed, in the background. A deleted account has none. */
export function publishAccount(env: Bindings, userId: string, now: number): void {
  publishLater(env, userId, async () => {
    const rows = await accounts.selectRow(open(env.DB), userId)
    return rows.length === 0 ? [] : [{ type: 'me.updated', me: accounts.toFoundMe(rows, now) }]
  })
}

/** Tells a user's devices that they can log in by something else now, or no longer, in the background. */
export function publishFactors(env: Bindings, userId: string): void {
  publishLater(env, userId, async () => [
    { type: 'factors.updated', factors: await factors.find(open(env.DB), userId) },
  ])
}

function publishLater(env: Bindings, userId: string, read: () => Promise<InboxUpdate[]>): void {
  const work = read().then(
    (updates) => (updates.length === 0 ? undefined : publish(env, userId, updates)),
    (error) => console.error({ level: 'error', work: 'inbox', message: rootOf(error).message }),
  )
  waitUntil(work)
}
