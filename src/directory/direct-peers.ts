import { and, eq, inArray, ne, sql } from 'drizzle-orm'
import type { User } from '../schemas/users'
import type { Directory } from './database'
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
  const rows = await selectPeers(directory, userId, direct)
  const found = rows.map(({ user }) => toUser(user))
  const peers = await relationView.withRelations(directory, userId, found, now)
  const peerOf = new Map(rows.map(({ roomId }, i) => [roomId, peers[i] ?? null]))
  return rooms.map((room) => ({ ...room, peer: peerOf.get(room.id) ?? null }))
}

const selectPeers = (directory: Directory, userId: string, roomIds: string[]) =>
  directory
    .select({ roomId: memberships.roomId, user: columns })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        inArray(memberships.roomId, sql`(select value from json_each(${JSON.stringify(roomIds)}))`),
        ne(memberships.userId, userId),
      ),
    )
