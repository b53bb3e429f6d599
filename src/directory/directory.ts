import { sql } from 'drizzle-orm'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import * as tables from './tables'

/** Who exists and who belongs where: D1 through Drizzle. */
export type Directory = DrizzleD1Database<typeof tables>

export const open = (db: D1Database): Directory => drizzle(db, { schema: tables })

/** Throws when D1 does not answer. */
export const ping = (directory: Directory): PromiseLike<unknown> => directory.run(sql`select 1`)
