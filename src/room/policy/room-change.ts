import type { RoomChange } from '../store/settings'
import { findActor, type RequestContext } from './authorize'
import { requireCapability } from './permissions'

/** Throws unless the caller may make this change to the room's settings. */
export function requireMayChange(context: RequestContext, change: RoomChange): void {
  const actor = findActor(context)
  const { frozen, ...rest } = change
  if (frozen !== undefined) requireCapability(actor, 'room.freeze', context.now)
  if (frozen === undefined || Object.keys(rest).length > 0) {
    requireCapability(actor, 'room.edit', context.now)
  }
}
