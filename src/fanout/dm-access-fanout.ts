import { waitUntil } from 'cloudflare:workers'
import { open } from '../directory/database'
import * as dmAccess from '../directory/dm-access'
import * as fanoutProgress from '../directory/fanout-progress'
import type { Pair } from '../directory/social-edges'
import { directRoomId } from '../ids'
import { ask } from '../room/client'
import * as profileFanout from './profile-fanout'

type Bindings = Pick<Env, 'DB' | 'PEOPLE' | 'ROOMS'>

/** What a change waits for the direct room before it answers anyway. */
const PATIENCE_MS = 1000

/** Lets the direct room of two know of a change; should it not answer, the people queue comes back to it. */
export async function changed(env: Bindings, pair: Pair, version: number): Promise<void> {
  const telling = tell(env, pair, version).catch((error) => {
    profileFanout.log(error)
    profileFanout.changed(env, pair.userId)
  })
  waitUntil(telling)
  await Promise.race([telling, scheduler.wait(PATIENCE_MS)])
}

async function tell(env: Bindings, { userId, otherId }: Pair, version: number): Promise<void> {
  const directory = open(env.DB)
  const contact = (await dmAccess.read(directory, userId, [otherId])).get(otherId)
  if (!contact) return
  const roomId = directRoomId(userId, otherId)
  await ask(env.ROOMS, roomId, (room) => room.applyContact(contact)).catch((error) => {
    if (!profileFanout.isGone(error)) throw error
  })
  if (await fanoutProgress.advance(directory, userId, version)) profileFanout.changed(env, userId)
}
