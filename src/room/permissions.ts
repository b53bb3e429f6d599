import { ApiError } from '../errors'
import type { Capability, RoomRole } from '../schemas/members'

const member: Capability[] = ['room.read', 'message.post', 'message.edit.own', 'message.delete.own']

/** Who may do what: the one table. `guest` is anyone signed in who is not in an open room. */
const table: Record<RoomRole | 'guest', readonly Capability[]> = {
  owner: [...member, 'room.edit', 'room.delete'],
  member,
  guest: ['room.read', 'message.post', 'message.delete.own'],
}

export const capabilitiesOf = (role: RoomRole | null): Capability[] => [...table[role ?? 'guest']]

/** Throws `forbidden` unless the role has the capability. */
export function require(role: RoomRole | null, capability: Capability): void {
  if (table[role ?? 'guest'].includes(capability)) return
  throw new ApiError('forbidden', `This needs the capability ${capability}.`)
}
