import { and, desc, eq, isNull, not, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Directory } from './database'
import { isAlive } from './room-purge'
import { memberships, mentions, rooms } from './schema'
import { hasEdge } from './social-edges'

/** A message that mentions a user. `at` is milliseconds since the epoch. */
export interface Mention {
  roomId: string
  seq: number
  at: number
}

/** A mention as its room sends it. `at` is milliseconds since the epoch. */
export interface NewMention {
  userId: string
  authorId: string
  seq: number
  at: number
}

/** A mention that must not reach the user, who blocks its author. */
export type BlockedMention = Pick<NewMention, 'userId' | 'seq'>

const isBlocked = hasEdge(sql`value ->> 'userId'`, 'block', sql`value ->> 'authorId'`)

/** The statement that finds the `BlockedMention`s of a list. Placeholder: `list`, as for `insert`. */
export const selectBlocked = (directory: Directory) =>
  directory
    .select({ userId: sql<string>`value ->> 'userId'`, seq: sql<number>`value ->> 'seq'` })
    .from(sql`json_each(${sql.placeholder('list')})`)
    .where(isBlocked)

/**
 * The statement that inserts mentions of a room, but for those whose author the user blocks; inserting again changes
 * nothing. Placeholders: `roomId`, and `list`, a JSON array of `NewMention`.
 */
export const insert = (directory: Directory) =>
  directory
    .insert(mentions)
    .select(
      sql`select value ->> 'userId', value ->> 'at', ${sql.placeholder('roomId')}, value ->> 'seq',
        value ->> 'authorId'
      from json_each(${sql.placeholder('list')})
      where not ${isBlocked} and ${isAlive(sql.placeholder('roomId'))}`,
    )
    .onConflictDoNothing()

export const SortKey = z.tuple([z.number(), z.string(), z.number()])
type SortKey = z.infer<typeof SortKey>

export const keyOf = ({ at, roomId, seq }: Mention): SortKey => [at, roomId, seq]

/**
 * The mentions of a user in the rooms they are in, newest first. Those by authors whom
 * the user blocks by now are left out.
 */
export function list(
  directory: Directory,
  userId: string,
  { after, limit }: { after: SortKey | null; limit: number },
) {
  const key = sql`(${mentions.at}, ${mentions.roomId}, ${mentions.seq})`
  return directory
    .select({ roomId: mentions.roomId, seq: mentions.seq, at: mentions.at })
    .from(mentions)
    .innerJoin(
      memberships,
      and(eq(memberships.userId, mentions.userId), eq(memberships.roomId, mentions.roomId)),
    )
    .innerJoin(rooms, eq(rooms.id, mentions.roomId))
    .where(
      and(
        eq(mentions.userId, userId),
        isNull(memberships.leftAt),
        isNull(rooms.deletedAt),
        not(hasEdge(userId, 'block', mentions.authorId)),
        after ? sql`${key} < (${after[0]}, ${after[1]}, ${after[2]})` : undefined,
      ),
    )
    .orderBy(desc(mentions.at), desc(mentions.roomId), desc(mentions.seq))
    .limit(limit)
}
