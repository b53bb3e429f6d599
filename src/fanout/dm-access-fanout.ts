import { waitUntil } from 'cloudflare:workers'
import { open } from '../directory/database'
import * as directRooms from '../directory/direct-rooms'
import * as dmAccess from '../directory/dm-access'
import * as fanoutProgress from '../directory/fanout-progress'
import type { UserPair } from '../directory/social-edges'
import { ask } from '../room/client'
import * as profileFanout from './profile-fanout'

type Bindings = Pick<Env, 'DB' | 'PEOPLE' | 'ROOMS'>

/** How long a request waits for the direct room before it responds without it. */
const MAX_WAIT_MS = 1000

/**
 * Sends a changed `DmAccess` to the direct room of two users. When the room fails, the profile fanout tries
 * again. `version` is the `dmAccessVersion` of the user who made the change.
 */
export async function updateDirectRoom(
  env: Bindings,
  pair: UserPair,
  version: number,
): Promise<void> {
  const update = applyToRoom(env, pair, version).catch((error) => {
    profileFanout.logFailure(error)
    profileFanout.enqueue(env, pair.userId)
  })
  waitUntil(update)
  await Promise.race([update, scheduler.wait(MAX_WAIT_MS)])
}

async function applyToRoom(
  env: Bindings,
  { userId, otherId }: UserPair,
  version: number,
): Promise<void> {
  const directory = open(env.DB)
  const access = (await dmAccess.read(directory, userId, [otherId])).get(otherId)
  if (!access) return
  const roomId = await directRooms.find(directory, { userId, otherId })
  if (roomId) {
    await ask(env.ROOMS, roomId, (room) => room.applyDmAccess(access)).catch((error) => {
      if (!profileFanout.isRoomGone(error)) throw error
    })
  }
  if (await fanoutProgress.completeOneDmAccess(directory, userId, version))
    profileFanout.enqueue(env, userId)
}
