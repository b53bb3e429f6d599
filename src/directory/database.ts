import { fillPlaceholders, type SQL, sql } from 'drizzle-orm'
import type { BatchItem, BatchResponse } from 'drizzle-orm/batch'
import { type DrizzleD1Database, drizzle } from 'drizzle-orm/d1'
import type { PreparedQueryConfig, SQLitePreparedQuery } from 'drizzle-orm/sqlite-core'
import * as tables from './schema'

/** The directory of users and rooms: D1 through Drizzle. */
export type Directory = DrizzleD1Database<typeof tables> & { $client: D1Database }

const directories = new WeakMap<D1Database, Directory>()

/** Opens the directory once per binding, because Drizzle computes the relations of all tables each time. */
export function open(db: D1Database): Directory {
  const known = directories.get(db)
  if (known) return known
  const directory = drizzle(db, { schema: tables })
  directories.set(db, directory)
  return directory
}

/** Throws when D1 does not answer. */
export const ping = (directory: Directory): PromiseLike<unknown> => directory.run(sql`select 1`)

/** SQL: these ids as one parameter, however many there are. */
export const idsIn = (ids: readonly string[]): SQL =>
  sql`(select value from json_each(${JSON.stringify(ids)}))`

/** A prepared query and the values of its placeholders. */
interface PreparedStatement<T> {
  query: SQLitePreparedQuery<PreparedQueryConfig & { execute: T }>
  values: Record<string, unknown>
}

/** Runs prepared queries in one transaction. Drizzle's own `batch` would build each of them again. */
export async function batch<T extends unknown[]>(
  { $client }: Directory,
  calls: { [Index in keyof T]: PreparedStatement<T[Index]> },
): Promise<T> {
  const results = await $client.batch(
    calls.map(({ query, values }) => {
      const { sql: text, params } = query.getQuery()
      return $client.prepare(text).bind(...fillPlaceholders(params, values))
    }),
  )
  return results.map((result, index) => calls[index]?.query.mapResult(result, true)) as T
}

/**
 * Runs statements that only read in one call and one transaction. D1 answers a batch by the names of columns, and Drizzle's own
 * `batch` loses those that have the same; as columns of a subquery they get names of their own.
 */
export async function readBatch<T extends readonly [Selection, ...Selection[]]>(
  { $client }: Directory,
  statements: T,
): Promise<BatchResponse<T>> {
  const queries = statements.map((statement) => statement.prepare())
  const results = await $client.batch(
    queries.map((query) => {
      const { sql: text, params } = query.getQuery()
      return $client.prepare(`select * from (${text})`).bind(...params)
    }),
  )
  return queries.map((query, index) => query.mapResult(results[index], true)) as BatchResponse<T>
}

type Selection = BatchItem<'sqlite'> & { prepare: () => SQLitePreparedQuery<PreparedQueryConfig> }
