import type { Profile } from '../directory/profiles'
import type { NewRoom } from '../schemas/rooms'
import * as head from './head'
import * as membership from './membership'
import * as settings from './settings'
import * as storage from './storage'

/** Makes the room and its owner in one transaction; a repeat finds it made. */
export function create(
  ctx: DurableObjectState,
  roomId: string,
  owner: Profile,
  room: NewRoom,
  now: number,
): void {
  if (storage.exists(ctx.storage.sql)) return
  ctx.storage.transactionSync(() => {
    storage.migrate(ctx.storage)
    const { sql } = ctx.storage
    settings.create(sql, roomId, room, now)
    membership.join({ sql, head: head.load(sql) }, owner, 'owner', now)
  })
}
