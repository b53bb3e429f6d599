import * as directPeers from '../directory/direct-peers'
import type { Room } from '../schemas/rooms'
import type { RoomEnv } from './context'

/** Reads the room in the path as the caller sees it: a direct room with its other user. */
export async function readRoom({
  room,
  caller,
  directory,
  now,
}: RoomEnv['Variables']): Promise<Room> {
  const found = await room((stub, as) => stub.readRoom(as))
  const [shown = found] = await directPeers.withPeers(directory, caller.userId, [found], now)
  return shown
}
