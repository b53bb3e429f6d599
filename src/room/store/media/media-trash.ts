import { type Bucket, removeObjects } from '../../../media/bucket'
import { discardMultipart } from '../../../media/multipart'
import * as jobs from '../jobs'
import * as uploads from './uploads'

const JOB = 'media'
/** Media that no message has after a day is deleted. No upload takes longer than that. */
export const UNATTACHED_TTL_MS = 24 * 60 * 60_000
// The bucket deletes at most this many objects in one call.
const SLICE = 1000
const UPLOADS = 20
const NEVER = Number.POSITIVE_INFINITY

/** Deletes media: from the room at once, from the bucket by a job after the commit. */
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

/** Deletes what a user uploaded and no message has. */
export function discardUnattached(
  storage: DurableObjectStorage,
  ownerId: string,
  now: number,
): void {
  discard(storage, 'message_seq is null and owner_id = ?', ownerId, now)
  uploads.expireAllOf(storage.sql, ownerId)
  schedulePurge(storage, now)
}

/** Deletes one object of the bucket at `dueAt`, unless it is restored before. */
export function addObject(
  storage: DurableObjectStorage,
  key: string,
  dueAt: number,
  now: number,
): void {
  storage.sql.exec('insert or replace into media_trash (key, due_at) values (?, ?)', key, dueAt)
  schedulePurge(storage, now)
}

/** Takes an object out of the trash. Returns false when it was not there: it may be deleted already. */
export const restoreObject = ({ sql }: DurableObjectStorage, key: string): boolean =>
  sql.exec('delete from media_trash where key = ?', key).rowsWritten > 0

/** Schedules the purge for when the next object, upload or unattached media is due. */
export function schedulePurge(storage: DurableObjectStorage, now: number): void {
  const { sql } = storage
  const { oldest, expiry, trashed } = sql
    .exec<{ oldest: number | null; expiry: number | null; trashed: number | null }>(
      `select (select min(created_at) from media where message_seq is null) as oldest,
        (select min(expires_at) from uploads) as expiry,
        (select min(due_at) from media_trash) as trashed`,
    )
    .one()
  const next = Math.min(
    trashed ?? NEVER,
    oldest === null ? NEVER : oldest + UNATTACHED_TTL_MS,
    expiry ?? NEVER,
  )
  if (next === NEVER) jobs.cancel(storage, JOB, '')
  else jobs.schedule(storage, JOB, '', Math.max(next, now))
}

/** Purges one slice. If it throws, the job runs again. */
export async function purge(
  storage: DurableObjectStorage,
  bucket: Bucket,
  now: number,
): Promise<void> {
  const { sql } = storage
  storage.transactionSync(() => {
    const unattached = 'message_seq is null and created_at <= ?'
    discard(storage, unattached, now - UNATTACHED_TTL_MS, now)
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
