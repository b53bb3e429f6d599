import { type Bucket, removeObjects } from '../../media/bucket'
import { discardMultipart } from '../../media/multipart'
import * as jobs from './jobs'
import * as uploads from './uploads'

const JOB = 'media'
/** What no message took after a day goes; no upload takes longer. */
export const UNATTACHED_TTL_MS = 24 * 60 * 60_000
// What the bucket removes in one call.
const SLICE = 1000
const UPLOADS = 20
const NEVER = Number.POSITIVE_INFINITY

/** Drops media for good: it is gone from here at once, and from the bucket by a job once this is committed. */
export function discard(
  storage: DurableObjectStorage,
  where: string,
  key: string | number,
  now: number,
): void {
  const { sql } = storage
  sql.exec(
    `insert or ignore into media_trash (key, due_at)
    select 'rooms/' || substr(id, 1, instr(id, '.') - 1) || '/' || id, ? from media where ${where}`,
    now,
    key,
  )
  if (sql.exec(`delete from media where ${where}`, key).rowsWritten > 0) schedulePurge(storage, now)
}

/** Drops what someone uploaded and no message has. */
export function discardUnattached(
  storage: DurableObjectStorage,
  ownerId: string,
  now: number,
): void {
  discard(storage, 'message_seq is null and owner_id = ?', ownerId, now)
  uploads.expireAllOf(storage.sql, ownerId)
  schedulePurge(storage, now)
}

/** Drops one object, now or unless it is kept until then. */
export function addObject(
  storage: DurableObjectStorage,
  key: string,
  dueAt: number,
  now: number,
): void {
  storage.sql.exec('insert or replace into media_trash (key, due_at) values (?, ?)', key, dueAt)
  schedulePurge(storage, now)
}

/** Keeps what was to be dropped; returns whether it still could be. */
export const restoreObject = ({ sql }: DurableObjectStorage, key: string): boolean =>
  sql.exec('delete from media_trash where key = ?', key).rowsWritten > 0

/** Puts the job where the next work is: now for what is dropped, later for what may stay loose until then. */
export function schedulePurge(storage: DurableObjectStorage, now: number): void {
  const { sql } = storage
  const { oldest, expiry, dropped } = sql
    .exec<{ oldest: number | null; expiry: number | null; dropped: number | null }>(
      `select (select min(created_at) from media where message_seq is null) as oldest,
        (select min(expires_at) from uploads) as expiry,
        (select min(due_at) from media_trash) as dropped`,
    )
    .one()
  const next = Math.min(
    dropped ?? NEVER,
    oldest === null ? NEVER : oldest + UNATTACHED_TTL_MS,
    expiry ?? NEVER,
  )
  if (next === NEVER) jobs.cancel(storage, JOB, '')
  else jobs.schedule(storage, JOB, '', Math.max(next, now))
}

/** Empties a slice of it. Throws what it throws: then the job comes again. */
export async function purge(
  storage: DurableObjectStorage,
  bucket: Bucket,
  now: number,
): Promise<void> {
  const { sql } = storage
  storage.transactionSync(() => {
    const loose = 'message_seq is null and created_at <= ?'
    discard(storage, loose, now - UNATTACHED_TTL_MS, now)
  })
  const keys = sql
    .exec<{ key: string }>('select key from media_trash where due_at <= ? limit +?', now, SLICE)
    .toArray()
    .map(({ key }) => key)
  if (keys.length > 0) await removeObjects(bucket, keys)
  sql.exec(
    'delete from media_trash where key in (select value from json_each(?))',
    JSON.stringify(keys),
  )
  for (const upload of uploads.findExpired(sql, now, UPLOADS)) {
    await discardMultipart(bucket, upload, upload.isFinished)
    uploads.remove(sql, upload.id)
  }
  schedulePurge(storage, now)
}
