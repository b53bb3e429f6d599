import { ApiError } from '../../errors'

const MAX = 100

/** Throws `too_many` when someone has as much here as one may have, running or stored, that no message has. */
export function check(sql: SqlStorage, ownerId: string, now: number): void {
  const { count } = sql
    .exec<{ count: number }>(
      `select (select count(*) from media where message_seq is null and owner_id = ?1)
        + (select count(*) from uploads where expires_at > ?2 and owner_id = ?1) as count`,
      ownerId,
      now,
    )
    .one()
  if (count < MAX) return
  throw new ApiError('too_many', `You have ${MAX} uploads in this room that no message has.`)
}
