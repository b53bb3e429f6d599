import { and, eq, inArray, ne, type SQLWrapper } from 'drizzle-orm'
import type { User } from '../schemas/users'
import { type Directory, idsIn, readBatch } from './database'
import * as relationView from './relation-view'
import { memberships, users } from './schema'
import { columns, toUser } from './users'

/** The rooms with `peer` set for direct ones, as the user sees the peer. Reads nothing if no room is direct. */
export async function withPeers<R extends { id: string; kind: string; peer: User | null }>(
  directory: Directory,
  userId: string,
  rooms: R[],
  now: number,
): Promise<R[]> {
  const direct = rooms.filter(({ kind }) => kind === 'direct').map(({ id }) => id)
  if (direct.length === 0) return rooms
  return attach(
    rooms,
    ...(await readBatch(directory, select(directory, userId, idsIn(direct), now))),
  )
}

/** The statements of `withPeers`: who else is in these direct rooms, and what they are to the user. */
export function select(directory: Directory, userId: string, roomIds: SQLWrapper, now: number) {
  const isPeer = and(inArray(memberships.roomId, roomIds), ne(memberships.userId, userId))
  const ids = directory.select({ id: memberships.userId }).from(memberships).where(isPeer)
  return [
    directory
      .select({ roomId: memberships.roomId, user: columns })
      .from(memberships)
      .innerJoin(users, eq(users.id, memberships.userId))
      .where(isPeer),
    relationView.select(directory, userId, ids, now),
  ] as const
}

type Found = ReturnType<typeof select>

/** The rooms with what `select` found. */
export function attach<R extends { id: string; peer: User | null }>(
  rooms: R[],
  rows: Awaited<Found[0]>,
  relations: Awaited<Found[1]>,
): R[] {
  const found = rows.map(({ user }) => toUser(user))
  const peers = relationView.attach(found, relations)
  const peerOf = new Map(rows.map(({ roomId }, i) => [roomId, peers[i] ?? null]))
  return rooms.map((room) => ({ ...room, peer: peerOf.get(room.id) ?? null }))
}
