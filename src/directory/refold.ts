import { eq, sql } from 'drizzle-orm'
import { FOLDING, fold } from '../folding'
import type { Directory } from './database'
import { rooms, toRefold, users } from './schema'

const SLICE = 500
// With a run every five minutes, three million names a day.
const SLICES = 20

/** Folds names again that an earlier version of `fold` folded, a bounded number of them; the next run goes on. */
export async function refold(directory: Directory, slice = SLICE): Promise<void> {
  for (let done = 0; done < SLICES; done++) if (!(await refoldSlice(directory, slice))) return
}

/** Whether there may be more. A name that changes meanwhile is left. */
async function refoldSlice(directory: Directory, slice: number): Promise<boolean> {
  const people = await directory
    .select({ id: users.id, name: users.displayName })
    .from(users)
    .where(toRefold(users))
    .limit(slice)
  const places = await directory
    .select({ id: rooms.id, name: rooms.name })
    .from(rooms)
    .where(toRefold(rooms))
    .limit(slice)
  const json = (rows: { id: string; name: string | null }[]) =>
    JSON.stringify(rows.map(({ id, name }) => ({ id, name, folded: name && fold(name) })))
  const listed = sql`json_each(${json(people)})`
  if (people.length > 0) {
    await directory.run(sql`update ${users} set folded_name = value ->> 'folded', fold_version = ${FOLDING}
      from ${listed} where ${eq(users.id, sql`value ->> 'id'`)} and display_name = value ->> 'name'`)
  }
  if (places.length > 0) {
    await directory.run(sql`update ${rooms} set name_key = value ->> 'folded', fold_version = ${FOLDING}
      from json_each(${json(places)}) where ${eq(rooms.id, sql`value ->> 'id'`)} and name is (value ->> 'name')`)
  }
  return people.length === slice || places.length === slice
}
