import { open } from '../directory/database'
import { findVisible } from '../directory/presence-peers'
import * as users from '../directory/users'
import type { Presence } from '../schemas/presence'
import { iso } from '../schemas/primitives'
import { readPresence } from './presence-client'

const UNSEEN: Presence = { online: false, away: false, lastSeenAt: null }

/** What a user may know of whether another is online. Throws `not_found`, `unavailable`. */
export async function visiblePresence(
  env: Pick<Env, 'DB' | 'INBOXES'>,
  userId: string,
  otherId: string,
): Promise<Presence> {
  const directory = open(env.DB)
  await users.find(directory, otherId)
  const isOwn = otherId === userId
  const peer = isOwn ? undefined : await findVisible(directory, userId, otherId)
  if (!isOwn && !peer) return UNSEEN
  const { online, away, lastSeenAt } = await readPresence(env, otherId)
  const isShown = lastSeenAt !== null && (isOwn || peer?.seesLastSeen)
  return { online, away, lastSeenAt: isShown ? iso(lastSeenAt) : null }
}
