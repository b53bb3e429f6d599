import { and, desc, eq, isNull, sql } from 'drizzle-orm'
import { z } from 'zod'
import { decodeCursor } from '../schemas/cursor'
import type { PageQuery } from '../schemas/pages'
import type { Directory } from './database'
import { memberships, mentions, rooms } from './schema'

/** Where someone was mentioned; `at` is milliseconds since the epoch. */
export interface Mention {
  roomId: string
  seq: number
  at: number
}

/** Who was mentioned where in a room. */
export interface NewMention {
  userId: string
  seq: number
  at: number
}

/** The statement that writes a room's mentions, a `list` of them as JSON, for a batch; again changes nothing. */
export const insert = (directory: Directory) =>
  directory
    .insert(mentions)
    .select(
      sql`select value ->> 'userId', value ->> 'at', ${sql.placeholder('roomId')}, value ->> 'seq'
      from json_each(${sql.placeholder('list')}) where true`,
    )
    .onConflictDoNothing()

const Cursor = z.tuple([z.number(), z.string(), z.number()])

export const cursorOf = ({ at, roomId, seq }: Mention): [number, string, number] => [
  at,
  roomId,
  seq,
]

/** Mentions in the rooms someone is in, newest first: one more than a page shows. */
export function list(directory: Directory, userId: string, { cursor, limit }: PageQuery) {
  const place = cursor ? decodeCursor(cursor, Cursor) : undefined
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
        place ? sql`${key} < (${place[0]}, ${place[1]}, ${place[2]})` : undefined,
      ),
    )
    .orderBy(desc(mentions.at), desc(mentions.roomId), desc(mentions.seq))
    .limit(limit + 1)
}
