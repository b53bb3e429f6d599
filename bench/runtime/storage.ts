import { globSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/**
 * Copies the message with this nonce until its room has `count`, in the room's file, and runs statements on
 * them; nobody may have it open.
 */
export function copyMessage(
  directory: string,
  nonce: string,
  count: number,
  statements: string[] = [],
): void {
  for (const path of globSync(join(directory, 'do', '*', '*.sqlite'))) {
    const database = new DatabaseSync(path)
    if (hasMessage(database, nonce)) {
      copy(database, nonce, count)
      for (const statement of statements) database.exec(statement)
    }
    database.close()
  }
}

function hasMessage(database: DatabaseSync, nonce: string): boolean {
  if (!hasTable(database, 'messages')) return false
  return database.prepare('select 1 from messages where nonce = ?').get(nonce) !== undefined
}

/** Whatever columns there are: the numbers grow, the nonce differs, the rest is the same. */
function copy(database: DatabaseSync, nonce: string, count: number): void {
  const columns = database
    .prepare(`select name from pragma_table_info('messages')`)
    .all()
    .map(({ name }) => String(name))
  const values = columns.map((column) => {
    if (column === 'seq' || column === 'n') return `m.${column} + i.value`
    return column === 'nonce' ? `'copy ' || i.value` : `m.${column}`
  })
  database
    .prepare(
      `with recursive i (value) as (select 1 union all select value + 1 from i where value < ?)
      insert into messages (${columns.join(', ')})
      select ${values.join(', ')} from i, messages m where m.nonce = ?`,
    )
    .run(count - 1, nonce)
}

/** Runs statements on the file of one room; nobody may have it open. */
export function change(directory: string, roomId: string, statements: string[]): void {
  for (const path of globSync(join(directory, 'do', '*', '*.sqlite'))) {
    const database = new DatabaseSync(path)
    if (isOf(database, roomId)) for (const statement of statements) database.exec(statement)
    database.close()
  }
}

/** Asks the file of one room, which its object may have open meanwhile. */
export function query(directory: string, roomId: string, select: string): object[] {
  for (const path of globSync(join(directory, 'do', '*', '*.sqlite'))) {
    const database = new DatabaseSync(path, { readOnly: true })
    try {
      if (isOf(database, roomId)) return database.prepare(select).all()
    } finally {
      database.close()
    }
  }
  throw new Error('There is no file of this room.')
}

function isOf(database: DatabaseSync, roomId: string): boolean {
  if (!hasTable(database, 'room')) return false
  return database.prepare('select 1 from room where room_id = ?').get(roomId) !== undefined
}

const hasTable = (database: DatabaseSync, name: string): boolean =>
  database.prepare('select 1 from sqlite_master where name = ?').get(name) !== undefined
