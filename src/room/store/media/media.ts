import type { MediaMetadata } from '../../../media/inspect'
import type { Media, MediaKind } from '../../../schemas/media'
import { iso } from '../../../schemas/primitives'

/** Media as the room stores it. Times are milliseconds since the epoch. */
export interface StoredMedia {
  media: Media
  ownerId: string
  createdAt: number
  /** Of the object in the bucket; null while its bytes are being uploaded. */
  etag: string | null
  /** null while no message has it. */
  messageSeq: number | null
  /** Its position among the attachments of its message. */
  position: number
  /** The `Upload-Metadata` header, if it came by tus. */
  uploadMetadata: string | undefined
}

interface NewMedia {
  id: string
  ownerId: string
  uploadMetadata?: string | undefined
}

/** Writes the row before the first byte is stored, so that every object in the bucket has one. */
export function reserve(
  sql: SqlStorage,
  { id, ownerId, uploadMetadata, ...metadata }: MediaMetadata & NewMedia,
  now: number,
): void {
  sql.exec(
    `insert into media (id, owner_id, kind, type, name, size, width, height, orientation, duration,
      thumb_hash, created_at, upload_metadata) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    ownerId,
    metadata.kind,
    metadata.type,
    metadata.name,
    metadata.size,
    metadata.width,
    metadata.height,
    metadata.orientation,
    metadata.duration,
    metadata.thumbHash,
    now,
    uploadMetadata ?? null,
  )
}

export function setEtag(sql: SqlStorage, id: string, etag: string): void {
  sql.exec('update media set etag = ? where id = ?', etag, id)
}

/** Sets the ETag, and what only the stored bytes could tell. */
export function finish(sql: SqlStorage, id: string, etag: string, metadata: MediaMetadata): void {
  const { kind, type, name, width, height, orientation, duration } = metadata
  sql.exec(
    `update media set etag = ?, kind = ?, type = ?, name = ?, width = ?, height = ?, orientation = ?,
      duration = ? where id = ?`,
    etag,
    kind,
    type,
    name,
    width,
    height,
    orientation,
    duration,
    id,
  )
}

export function find(sql: SqlStorage, id: string): StoredMedia | undefined {
  return select(sql, 'where id = ?', id)[0]
}

/** Attaches media to a message, at a position. */
export function attach(sql: SqlStorage, id: string, messageSeq: number, position: number): void {
  sql.exec('update media set message_seq = ?, position = ? where id = ?', messageSeq, position, id)
}

/** Whether a bulk delete covers its message. */
export const isErased = (sql: SqlStorage, { ownerId, messageSeq }: StoredMedia): boolean =>
  sql
    .exec(
      'select 1 from erasures where author_id = ?1 and ?2 >= from_seq and ?2 <= to_seq limit 1',
      ownerId,
      messageSeq,
    )
    .toArray().length > 0

/** Where a page of the gallery ended. */
export interface GalleryCursor {
  messageSeq: number
  position: number
}

/** Attached media before a cursor, newest first. What a bulk delete is still purging counts as deleted. */
export function gallery(
  sql: SqlStorage,
  kind: MediaKind | null,
  before: GalleryCursor,
  limit: number,
): StoredMedia[] {
  return select(
    sql,
    `where message_seq is not null ${kind === null ? '' : 'and kind = ?'}
      and (message_seq, position) < (?, ?)
      and not exists (select 1 from erasures e where e.author_id = owner_id
        and message_seq >= e.from_seq and message_seq <= e.to_seq)
    order by message_seq desc, position desc limit +?`,
    ...(kind === null ? [] : [kind]),
    before.messageSeq,
    before.position,
    limit,
  )
}

export function select(
  sql: SqlStorage,
  where: string,
  ...bindings: (string | number)[]
): StoredMedia[] {
  return sql
    .exec<Row>(`select * from media ${where}`, ...bindings)
    .toArray()
    .map(toItem)
}

type Row = {
  id: string
  owner_id: string
  kind: string
  type: string
  name: string
  size: number
  width: number | null
  height: number | null
  orientation: number | null
  duration: number | null
  thumb_hash: string | null
  created_at: number
  etag: string | null
  message_seq: number | null
  position: number | null
  upload_metadata: string | null
}

const toItem = (row: Row): StoredMedia => ({
  media: toMedia(row),
  ownerId: row.owner_id,
  createdAt: row.created_at,
  etag: row.etag,
  messageSeq: row.message_seq,
  position: row.position ?? 0,
  uploadMetadata: row.upload_metadata ?? undefined,
})

const toMedia = (row: Row): Media => ({
  id: row.id,
  kind: row.kind as MediaKind,
  type: row.type,
  name: row.name,
  size: row.size,
  width: row.width,
  height: row.height,
  orientation: row.orientation,
  duration: row.duration,
  thumbHash: row.thumb_hash,
  url: `/v1/media/${row.id}`,
  createdAt: iso(row.created_at),
})
