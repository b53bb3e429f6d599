import { and, desc, eq, gt, inArray, isNull, ne, or, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import type { Directory } from './database'
import { isAnotherOf, mayMessage, me, policyAllows, them } from './dm-access'
import { directRooms, memberships, rooms } from './schema'

/** Another user who and the user see whether the other is online. */
export interface PresencePeer {
  userId: string
  /** Whether the user may know when the other was last online. */
  seesLastSeen: boolean
  /** Whether the other may know when the user was last online. */
  showsLastSeen: boolean
}

/** How many of someone's direct rooms, the latest, say whose presence they want to know. */
const MAX_PEERS = 50

interface PeersQuery {
  /** Whether those of the latest direct rooms are among them. */
  latest: boolean
  /** Others, of whom those are among them who share a direct room with the user. */
  others: string[]
}

/**
 * Of a user's direct peers those who see the user's presence, and whose presence the user sees. Two see each other while each
 * may write to the other, so a block looks like a closed door.
 */
export function readPeers(
  directory: Directory,
  userId: string,
  { latest, others }: PeersQuery,
): Promise<PresencePeer[]> {
  const known = and(isAnotherOf(others), haveDirectRoom)
  return select(directory, userId, latest ? or(inLatestRooms(directory, userId), known) : known)
}

/** The other user, if the user sees their presence: who share a direct room, are connected, or show it to everyone. */
export async function findVisible(
  directory: Directory,
  userId: string,
  otherId: string,
): Promise<PresencePeer | undefined> {
  const areConnected = policyAllows(sql`'connections'`, me, them)
  const isShown = or(haveDirectRoom, areConnected, eq(them.lastSeenPolicy, 'everyone'))
  const [peer] = await select(directory, userId, and(isAnotherOf([otherId]), isShown))
  return peer
}

const select = async (
  directory: Directory,
  userId: string,
  condition: SQL | undefined,
): Promise<PresencePeer[]> =>
  directory
    .select({
      userId: them.id,
      seesLastSeen: policyAllows(sql`${them.lastSeenPolicy}`, me, them).mapWith(Boolean),
      showsLastSeen: policyAllows(sql`${me.lastSeenPolicy}`, them, me).mapWith(Boolean),
    })
    .from(them)
    .innerJoin(me, eq(me.id, userId))
    .where(and(ne(them.id, me.id), condition, mayMessage(me, them), mayMessage(them, me)))

const theirs = alias(memberships, 'theirs')

// Here and below: where nothing was said yet, only the one who opened the room knows of it.
const inLatestRooms = (directory: Directory, userId: string) =>
  inArray(
    them.id,
    directory
      .select({ id: theirs.userId })
      .from(memberships)
      .innerJoin(rooms, eq(rooms.id, memberships.roomId))
      .innerJoin(theirs, and(eq(theirs.roomId, rooms.id), ne(theirs.userId, memberships.userId)))
      .where(
        and(
          eq(memberships.userId, userId),
          isNull(memberships.leftAt),
          eq(rooms.kind, 'direct'),
          gt(rooms.n, 0),
        ),
      )
      .orderBy(desc(rooms.lastMessageAt))
      .limit(MAX_PEERS),
  )

const haveDirectRoom = sql`exists (select 1 from ${directRooms} inner join ${rooms} on ${rooms.id} = ${directRooms.roomId}
  where ${directRooms.low} = min(${me.id}, ${them.id}) and ${directRooms.high} = max(${me.id}, ${them.id})
    and ${rooms.n} > 0)`
