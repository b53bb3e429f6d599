import { and, eq } from 'drizzle-orm'
import { newId } from '../ids'
import type { Directory } from './database'
import { directRooms } from './schema'
import type { UserPair } from './social-edges'

const keyOf = ({ userId, otherId }: UserPair) =>
  userId < otherId ? { low: userId, high: otherId } : { low: otherId, high: userId }

const isPair = (pair: UserPair) => {
  const { low, high } = keyOf(pair)
  return and(eq(directRooms.low, low), eq(directRooms.high, high))
}

/** The id of the direct room of two users, whoever of them asks; undefined while there is none. */
export async function find(directory: Directory, pair: UserPair): Promise<string | undefined> {
  const row = await directory
    .select({ roomId: directRooms.roomId })
    .from(directRooms)
    .where(isPair(pair))
    .get()
  return row?.roomId
}

/** The same; where there is none, one is chosen for good. The room itself may not be created yet. */
export async function findOrReserve(directory: Directory, pair: UserPair): Promise<string> {
  const found = await find(directory, pair)
  if (found) return found
  const [, [row]] = await directory.batch([
    directory
      .insert(directRooms)
      .values({ ...keyOf(pair), roomId: newId() })
      .onConflictDoNothing(),
    directory.select({ roomId: directRooms.roomId }).from(directRooms).where(isPair(pair)),
  ])
  return (row as { roomId: string }).roomId
}
