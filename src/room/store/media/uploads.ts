import { ApiError } from '../../../errors'
import type { MediaMetadata } from '../../../media/inspect'
import type { MultipartState, MultipartUpload } from '../../../media/multipart'
import type { Chunk } from '../../../media/upload-chunks'

/** What a client declares when it creates a resumable upload. */
export interface UploadInput {
  length: number
  type: string
  name: string | undefined
  thumbHash: string | undefined
  /** The `Upload-Metadata` header, as it came. */
  uploadMetadata: string | undefined
}

/** A resumable upload. Times are milliseconds since the epoch. */
export interface ResumableUpload extends MultipartUpload, UploadInput {
  ownerId: string
  createdAt: number
  /** After this it only waits to be purged. */
  expiresAt: number
  isFinished: boolean
}

/** An upload is deleted after this long without progress. */
export const TTL_MS = 24 * 60 * 60_000

export function create(
  sql: SqlStorage,
  { id, ownerId, ...input }: UploadInput & { id: string; ownerId: string },
  now: number,
): void {
  sql.exec(
    `insert into uploads (id, owner_id, length, type, name, thumb_hash, upload_metadata,
      created_at, expires_at, offset, parts, chunks, attempt, finished)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '[]', '[]', 0, 0)`,
    id,
    ownerId,
    input.length,
    input.type,
    input.name ?? null,
    input.thumbHash ?? null,
    input.uploadMetadata ?? null,
    now,
    now + TTL_MS,
  )
}

/** Throws `not_found` for an upload that does not exist, is someone else's, or has expired. */
export function get(sql: SqlStorage, id: string, ownerId: string, now: number): ResumableUpload {
  const found = select(sql, 'where id = ? and owner_id = ? and expires_at > ?', id, ownerId, now)[0]
  if (found) return found
  throw new ApiError('not_found', 'You have no such upload.')
}

/** Starts a new attempt. Only the latest attempt may save progress. */
export function claim(sql: SqlStorage, upload: ResumableUpload): MultipartUpload {
  const attempt = upload.attempt + 1
  sql.exec('update uploads set attempt = ? where id = ?', attempt, upload.id)
  return { ...upload, attempt }
}

export function save(sql: SqlStorage, id: string, progress: MultipartState, now: number): void {
  sql.exec(
    `update uploads set offset = ?, parts = ?, multipart = ?, chunks = ?, draft = ?, expires_at = ?
    where id = ?`,
    progress.offset,
    JSON.stringify(progress.parts),
    progress.multipart,
    JSON.stringify(progress.chunks),
    progress.metadata && JSON.stringify(progress.metadata),
    now + TTL_MS,
    id,
  )
}

/** Leaves an upload to the next purge, which deletes its parts; if `isFinished`, the object they became stays. */
export function expire(sql: SqlStorage, id: string, isFinished: boolean): void {
  sql.exec('update uploads set expires_at = 0, finished = ? where id = ?', Number(isFinished), id)
}

export const expireAllOf = (sql: SqlStorage, ownerId: string) =>
  sql.exec('update uploads set expires_at = 0 where owner_id = ?', ownerId)

export const expireAll = (sql: SqlStorage) => sql.exec('update uploads set expires_at = 0')

export const findExpired = (sql: SqlStorage, now: number, limit: number): ResumableUpload[] =>
  select(sql, 'where expires_at <= ? order by expires_at limit +?', now, limit)

export const remove = (sql: SqlStorage, id: string) =>
  sql.exec('delete from uploads where id = ?', id)

function select(
  sql: SqlStorage,
  where: string,
  ...bindings: (string | number)[]
): ResumableUpload[] {
  return sql
    .exec<Row>(`select * from uploads ${where}`, ...bindings)
    .toArray()
    .map(toRunning)
}

type Row = {
  id: string
  owner_id: string
  length: number
  type: string
  name: string | null
  thumb_hash: string | null
  upload_metadata: string | null
  created_at: number
  expires_at: number
  offset: number
  parts: string
  multipart: string | null
  chunks: string
  draft: string | null
  attempt: number
  finished: number
}

const toRunning = (row: Row): ResumableUpload => ({
  id: row.id,
  ownerId: row.owner_id,
  length: row.length,
  type: row.type,
  name: row.name ?? undefined,
  thumbHash: row.thumb_hash ?? undefined,
  uploadMetadata: row.upload_metadata ?? undefined,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  offset: row.offset,
  parts: JSON.parse(row.parts) as string[],
  multipart: row.multipart,
  chunks: JSON.parse(row.chunks) as Chunk[],
  metadata: row.draft === null ? null : (JSON.parse(row.draft) as MediaMetadata),
  attempt: row.attempt,
  isFinished: row.finished === 1,
})
