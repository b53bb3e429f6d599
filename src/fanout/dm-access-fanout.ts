import { waitUntil } from 'cloudflare:workers'
import { open } from '../directory/database'
import * as dmAccess from '../directory/dm-access'
import * as fanoutProgress from '../directory/fanout-progress'
import type { UserPair } from '../directory/social-edges'
import { directRoomId } from '../ids'
import { ask } from '../room/client'
import * as profileFanout from './profile-fanout'

type Bindings = Pick<Env, 'DB' | 'PEOPLE' | 'ROOMS'>

/** What a change waits for the direct room before it answers anyway. */
const MAX_WAIT_MS = 1000

/** Lets the direct room of two know of a change; should it not answer, the people queue comes back to it. */
export async function updateDirectRoom(
  env: Bindings,
  pair: UserPair,
  version: number,
): Promise<void> {
  const telling = applyToRoom(env, pair, version).catch((error) => {
    profileFanout.logFailure(error)
    profileFanout.enqueue(env, pair.userId)
  })
  waitUntil(telling)
  await Promise.race([telling, scheduler.wait(MAX_WAIT_MS)])
}

async function applyToRoom(
  env: Bindings,
  { userId, otherId }: UserPair,
  version: number,
): Promise<void> {
  const directory = open(env.DB)
  const contact = (await dmAccess.read(directory, userId, [otherId])).get(otherId)
  if (!contact) return
  const roomId = directRoomId(userId, otherId)
  await ask(env.ROOMS, roomId, (room) => room.applyContact(contact)).catch((error) => {
    if (!profileFanout.isRoomGone(error)) throw error
  })
  if (await fanoutProgress.completeOneDmAccess(directory, userId, version))
    profileFanout.enqueue(env, userId)
}
