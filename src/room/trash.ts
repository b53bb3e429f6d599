import * as addresses from '../media/addresses'
import * as objects from '../media/objects'
import * as parts from '../media/parts'
import * as jobs from './jobs'
import * as uploads from './uploads'

const JOB = 'media'
/** What no message took after a day goes; no upload takes longer. */
export const LOOSE_MS = 24 * 60 * 60_000
// What R2 removes in one call.
const SLICE = 1000
const UPLOADS = 20
const NEVER = Number.POSITIVE_INFINITY

/** Drops media for good: it is gone from here at once, and from R2 by a job once this is committed. */
export function add(
  storage: DurableObjectStorage,
  where: string,
  key: string | number,
  now: number,
): void {
  const { sql } = storage
  sql.exec(`insert or ignore into media_trash (id) select id from media where ${where}`, key)
  if (sql.exec(`delete from media where ${where}`, key).rowsWritten > 0) schedule(storage, now)
}

/** Puts the job where the next work is: now for what is dropped, later for what may stay loose until then. */
export function schedule(storage: DurableObjectStorage, now: number): void {
  const { sql } = storage
  const { oldest, expiry, dropped } = sql
    .exec<{ oldest: number | null; expiry: number | null; dropped: number }>(
      `select (select min(created_at) from media where message_seq is null) as oldest,
        (select min(expires_at) from uploads) as expiry,
        exists (select 1 from media_trash) as dropped`,
    )
    .one()
  const next = Math.min(
    dropped ? now : NEVER,
    oldest === null ? NEVER : oldest + LOOSE_MS,
    expiry === null ? NEVER : Math.max(expiry, now),
  )
  if (next === NEVER) jobs.remove(storage, JOB, '')
  else jobs.put(storage, JOB, '', next)
}

/** Empties a slice of it. Throws what R2 throws: then the job comes again. */
export async function empty(
  storage: DurableObjectStorage,
  bucket: objects.Bucket,
  now: number,
): Promise<void> {
  const { sql } = storage
  storage.transactionSync(() => {
    const loose = 'message_seq is null and created_at <= ?'
    add(storage, loose, now - LOOSE_MS, now)
  })
  const ids = sql
    .exec<{ id: string }>('select id from media_trash limit ?', SLICE)
    .toArray()
    .map(({ id }) => id)
  if (ids.length > 0) await objects.remove(bucket, ids.map(addresses.keyOf))
  sql.exec(
    'delete from media_trash where id in (select value from json_each(?))',
    JSON.stringify(ids),
  )
  for (const upload of uploads.over(sql, now, UPLOADS)) {
    await parts.discard(bucket, upload, upload.isFinished)
    uploads.remove(sql, upload.id)
  }
  schedule(storage, now)
}
