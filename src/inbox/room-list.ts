import type { Directory } from '../directory/database'
import * as directPeers from '../directory/direct-peers'
import * as myRooms from '../directory/my-rooms'
import { capabilitiesOf, type Subject } from '../room/policy/permissions'
import type { MyRoomsQuery } from '../schemas/my-rooms'
import type { Room } from '../schemas/rooms'

/** A page of someone's rooms as they see them, from the directory. */
export async function listRooms(
  directory: Directory,
  userId: string,
  query: MyRoomsQuery,
  at: Parameters<typeof myRooms.list>[3],
): Promise<{ items: Room[]; next: Awaited<ReturnType<typeof myRooms.list>>['next'] }> {
  const page = await myRooms.list(directory, userId, query, at)
  const shown = await directPeers.withPeers(directory, userId, page.items, at.now)
  return { items: withCapabilities(shown, at.now), next: page.next }
}

/** The rooms with what the user may do there. */
export const withCapabilities = (rooms: myRooms.MyRoom[], now: number): Room[] =>
  rooms.map((room) => ({
    ...room,
    me: { ...room.me, capabilities: capabilitiesOf(room, subjectOf(room), now) },
  }))

const subjectOf = ({ kind, peer, me }: myRooms.MyRoom): Subject => ({
  role: me.role,
  mutedUntil: me.mutedUntil === null ? null : Date.parse(me.mutedUntil),
  suspendedUntil: null,
  isConnected: kind !== 'direct' || peer?.relation?.canMessage === true,
})
