import { ApiError } from '../../errors'

const MAX_UNATTACHED = 100

/** Throws `too_many` when someone has too many uploads here, running or stored, that no message has. */
export function enforceUploadLimit(sql: SqlStorage, ownerId: string, now: number): void {
  const { count } = sql
    .exec<{ count: number }>(
      `select (select count(*) from media where message_seq is null and owner_id = ?1)
        + (select count(*) from uploads where expires_at > ?2 and owner_id = ?1) as count`,
      ownerId,
      now,
    )
    .one()
  if (count < MAX_UNATTACHED) return
  throw new ApiError(
    'too_many',
    `You have ${MAX_UNATTACHED} uploads in this room that no message has. Post or cancel some first.`,
  )
}
