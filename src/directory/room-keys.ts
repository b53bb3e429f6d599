import { and, eq, sql } from 'drizzle-orm'
import { DEFAULT_APP } from '../auth/tokens'
import { newId } from '../ids'
import type { Directory } from './database'
import * as roomPurge from './room-purge'
import { roomKeys } from './schema'

const hasKey = (key: unknown) => and(eq(roomKeys.appId, DEFAULT_APP), sql`${roomKeys.key} = ${key}`)

const select = (directory: Directory, key: string) =>
  directory.select({ roomId: roomKeys.roomId }).from(roomKeys).where(hasKey(key))

/** The id of the room that has this key; undefined while none has. The room may not be made yet, or be deleted. */
export async function find(directory: Directory, key: string): Promise<string | undefined> {
  return (await select(directory, key).get())?.roomId
}

/** The same; where no room has it, an id is chosen for the one to be made. Whoever comes meanwhile gets the same id. */
export async function claim(directory: Directory, key: string): Promise<string> {
  const [, [row]] = await directory.batch([
    directory.insert(roomKeys).values({ key, roomId: newId() }).onConflictDoNothing(),
    select(directory, key),
  ])
  return (row as { roomId: string }).roomId
}

/** Takes the key from a room that is deleted. Returns the id that has it now, which may be somebody else's choice. */
export async function reclaim(directory: Directory, key: string, deleted: string): Promise<string> {
  await directory.delete(roomKeys).where(and(hasKey(key), eq(roomKeys.roomId, deleted)))
  return claim(directory, key)
}

/** Repeats the claim of a living room, in case D1 lost it. */
export const insert = (directory: Directory) =>
  directory
    .insert(roomKeys)
    .select(
      sql`select ${sql.param(DEFAULT_APP)}, ${sql.placeholder('key')}, ${sql.placeholder('roomId')}
        where ${roomPurge.isAlive(sql.placeholder('roomId'))}`,
    )
    .onConflictDoNothing()
