import { and, asc, desc, isNull, sql } from 'drizzle-orm'
import { z } from 'zod'
import { fold } from '../folding'
import { fromStored } from '../schemas/metadata'
import { avatarUrl, iso } from '../schemas/primitives'
import type { ListedRoom, RoomAccess, RoomKind, RoomSort, RoomsQuery } from '../schemas/rooms'
import type { Directory } from './database'
import { memberships, rooms } from './schema'

/** What the last room of a page has in the column that sorts, and its id. */
export const SortKey = z.tuple([z.union([z.number(), z.string()]), z.string()])
type SortKey = z.infer<typeof SortKey>

// Each column has a partial index over listed rooms.
const sortColumns = {
  active: rooms.lastMessageAt,
  members: rooms.memberCount,
  messages: rooms.n,
  new: rooms.createdAt,
} satisfies Record<RoomSort, unknown>

/** A page of listed rooms as a user sees them, greatest first, or by name if the query searches; and the key of its last one if there are more. */
export async function list(
  directory: Directory,
  userId: string,
  query: RoomsQuery,
  after: SortKey | null,
): Promise<{ items: ListedRoom[]; next: SortKey | null }> {
  const rows = await select(directory, userId, query, after)
  const shown = rows.slice(0, query.limit)
  const last = shown.at(-1)
  return {
    items: shown.map(toListed),
    next: rows.length > query.limit && last ? [last.key ?? '', last.id] : null,
  }
}

/** The statement of `list`. It selects one row more than the page. */
export function select(
  directory: Directory,
  userId: string,
  { search, sort, limit }: RoomsQuery,
  after: SortKey | null,
) {
  const prefix = search === undefined ? undefined : fold(search)
  const key = prefix === undefined ? sortColumns[sort] : rooms.nameKey
  const [order, beyond] = prefix === undefined ? [desc, sql.raw('<')] : [asc, sql.raw('>')]
  return directory
    .select({
      id: rooms.id,
      kind: rooms.kind,
      access: rooms.access,
      hasPassword: rooms.hasPassword,
      joined: sql<number>`exists (select 1 from ${memberships} where ${memberships.userId} = ${userId}
        and ${memberships.roomId} = ${rooms.id} and ${memberships.leftAt} is null)`,
      name: rooms.name,
      topic: rooms.topic,
      avatar: rooms.avatar,
      createdAt: rooms.createdAt,
      n: rooms.n,
      memberCount: rooms.memberCount,
      lastMessageAt: rooms.lastMessageAt,
      // A stranger reads an open room, and with it its metadata.
      metadata: sql<string | null>`iif(${rooms.access} = 'open', ${rooms.metadata}, null)`,
      key,
    })
    .from(rooms)
    .where(
      and(
        // A literal, because SQLite would not use the partial indexes for a bound parameter.
        sql`${rooms.listed} = 1`,
        isNull(rooms.deletedAt),
        // A range, because it can use the index and has no wildcards, unlike LIKE.
        prefix === undefined
          ? undefined
          : sql`${key} >= ${prefix} and ${key} < ${`${prefix}\u{10ffff}`}`,
        after ? sql`(${key}, ${rooms.id}) ${beyond} (${after[0]}, ${after[1]})` : undefined,
      ),
    )
    .orderBy(order(key), order(rooms.id))
    .limit(limit + 1)
}

type Row = Awaited<ReturnType<typeof select>>[number]

const toListed = (row: Row): ListedRoom => ({
  id: row.id,
  kind: row.kind as RoomKind,
  access: row.access as RoomAccess,
  hasPassword: row.hasPassword,
  joined: row.joined === 1,
  name: row.name,
  topic: row.topic,
  avatarUrl: avatarUrl('rooms', row.id, row.avatar),
  createdAt: iso(row.createdAt),
  n: row.n,
  memberCount: row.memberCount,
  lastMessageAt: row.n > 0 ? iso(row.lastMessageAt) : null,
  metadata: fromStored(row.metadata),
})
