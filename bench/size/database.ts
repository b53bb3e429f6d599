import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** A database in a file of its own for as long as `work` takes. */
export function withDatabase<T>(work: (database: DatabaseSync) => T): T {
  const directory = mkdtempSync(join(tmpdir(), 'chatroom-size-'))
  const database = new DatabaseSync(join(directory, 'size.sqlite'))
  database.exec('pragma journal_mode = off; pragma synchronous = off')
  try {
    return work(database)
  } finally {
    database.close()
    rmSync(directory, { recursive: true })
  }
}

const BYTES = `select (select page_count from pragma_page_count) * (select page_size from pragma_page_size)
  - (select freelist_count from pragma_freelist_count) * (select page_size from pragma_page_size) as bytes`

/** How many bytes the pages have that are in use. */
export const bytesOf = (database: DatabaseSync): number =>
  Number(database.prepare(BYTES).get()?.bytes)

/** Bytes that each of `count` rows takes with its indexes: inserted one by one, pages counted. */
export function bytesPerRow(
  database: DatabaseSync,
  count: number,
  insert: (database: DatabaseSync) => (index: number) => void,
): number {
  const before = bytesOf(database)
  const one = insert(database)
  database.exec('begin')
  for (let index = 0; index < count; index += 1) one(index)
  database.exec('commit')
  return (bytesOf(database) - before) / count
}

/** As many as an insert takes of random text, of letters and digits. */
export const randomText = (length: number): string =>
  Array.from({ length }, () => Math.floor(Math.random() * 36).toString(36)).join('')

/** One of a list, at random. */
export const oneOf = <T>(list: T[]): T => list[Math.floor(Math.random() * list.length)] as T
