import { sql } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import * as tables from './tables'

/** Who exists and who belongs where: D1 through Drizzle. */
export type Directory = DrizzleD1Database<typeof tables>

const opened = new WeakMap<D1Database, Directory>()

/** Drizzle works out the relations of all tables each time it is made, so each binding has it made once. */
export function open(db: D1Database): Directory {
  const known = opened.get(db)
  if (known) return known
  const directory = drizzle(db, { schema: tables })
  opened.set(db, directory)
  return directory
}

/** Throws when D1 does not answer. */
export const ping = (directory: Directory): PromiseLike<unknown> => directory.run(sql`select 1`)
