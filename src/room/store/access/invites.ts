import { ApiError } from '../../../errors'
import type { Invite } from '../../../schemas/invites'
import { iso, secondsUntil } from '../../../schemas/primitives'
import * as authors from '../author-cache'

const SHOWN_USES = 20
const MAX_INVITES = 100

/** A new invite. The room never sees its secret, only the hash. Times are milliseconds since the epoch. */
export interface NewInvite {
  id: string
  hash: string
  expiresAt: number | null
  maxUses: number | null
}

/** Throws `too_many`. */
export function create(sql: SqlStorage, invite: NewInvite, by: string, now: number): Invite {
  const { count } = sql
    .exec<{ count: number }>('select count(*) as count from invites where revoked = 0')
    .one()
  if (count >= MAX_INVITES) {
    throw new ApiError('too_many', `A room has at most ${MAX_INVITES} invites. Revoke some first.`)
  }
  sql.exec(
    `insert into invites (id, hash, by, created_at, expires_at, max_uses, uses, revoked)
    values (?, ?, ?, ?, ?, ?, 0, 0)`,
    invite.id,
    invite.hash,
    by,
    now,
    invite.expiresAt,
    invite.maxUses,
  )
  return get(sql, invite.id, now)
}

/**
 * The invite with this secret. Throws `not_found`, or `gone` when it is revoked, expired or used up, and while the account of
 * its maker is hidden.
 */
export function requireUsable(sql: SqlStorage, hash: string, now: number): Invite {
  const [row] = sql.exec<Row>('select * from invites where hash = ?', hash).toArray()
  if (!row) throw new ApiError('not_found', 'There is no such invite.')
  const isExpired = row.expires_at !== null && row.expires_at <= now
  const isUsedUp = row.max_uses !== null && row.uses >= row.max_uses
  if (row.revoked || isExpired || isUsedUp || isGone(sql, row.by)) {
    throw new ApiError('gone', 'This invite is no longer valid.')
  }
  return toInvite(sql, row, now)
}

// Rooms keep no username of an account that is hidden or deleted. Site staff may have no row.
const isGone = (sql: SqlStorage, userId: string): boolean =>
  sql.exec('select 1 from members where user_id = ? and username is null', userId).toArray()
    .length > 0

/** Uses an invite once. Throws as `requireUsable` does. */
export function redeem(sql: SqlStorage, userId: string, hash: string, now: number): void {
  const { id } = requireUsable(sql, hash, now)
  sql.exec('update invites set uses = uses + 1 where id = ?', id)
  sql.exec('insert into invite_uses (invite_id, at, user_id) values (?, ?, ?)', id, now, userId)
}

export function revoke(sql: SqlStorage, id: string): void {
  sql.exec('update invites set revoked = 1 where id = ?', id)
}

/** Revokes every invite that someone made: it ends with what let them make it. */
export function revokeAllBy(sql: SqlStorage, userId: string): void {
  sql.exec('update invites set revoked = 1 where by = ? and revoked = 0', userId)
}

/** Throws `not_found`. */
export function get(sql: SqlStorage, id: string, now: number): Invite {
  const [row] = sql.exec<Row>('select * from invites where id = ?', id).toArray()
  if (!row) throw new ApiError('not_found', 'There is no such invite.')
  return toInvite(sql, row, now)
}

/** Invites that are not revoked, oldest first. */
export function list(sql: SqlStorage, after: string, limit: number, now: number): Invite[] {
  return sql
    .exec<Row>(
      'select * from invites where id > ? and revoked = 0 order by id limit +?',
      after,
      limit,
    )
    .toArray()
    .map((row) => toInvite(sql, row, now))
}

type Row = {
  id: string
  by: string
  created_at: number
  expires_at: number | null
  max_uses: number | null
  uses: number
  revoked: number
}

function toInvite(sql: SqlStorage, row: Row, now: number): Invite {
  const users = sql
    .exec<{ user_id: string }>(
      'select user_id from invite_uses where invite_id = ? order by at desc limit +?',
      row.id,
      SHOWN_USES,
    )
    .toArray()
  return {
    id: row.id,
    by: authors.authorOf(sql, row.by),
    createdAt: iso(row.created_at),
    expiresAt: row.expires_at === null ? null : iso(row.expires_at),
    expiresIn: row.expires_at === null ? null : secondsUntil(row.expires_at, now),
    maxUses: row.max_uses,
    uses: row.uses,
    usedBy: users.map(({ user_id }) => authors.authorOf(sql, user_id)),
  }
}
