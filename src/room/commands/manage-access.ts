import type { Profile } from '../../directory/profiles'
import { ApiError } from '../../errors'
import { enforceLimit } from '../../rate-limit/token-bucket'
import type { Allowed } from '../../schemas/allowlist'
import type { Ban } from '../../schemas/bans'
import type { Invite, InvitePreview } from '../../schemas/invites'
import { avatarUrl, iso } from '../../schemas/primitives'
import type { Outcome } from '../commit/commit-queue'
import type { Caller } from '../policy/authorize'
import * as actors from '../policy/authorize'
import type { State } from '../state/room-state'
import * as allowlist from '../store/allowlist'
import * as bans from '../store/bans'
import * as invites from '../store/invites'
import * as members from '../store/members'
import * as settings from '../store/settings'

/**
 * Counts one try and hands out the hash to verify outside: hashing would stop the room for everyone.
 * Throws `rate_limited`, `banned`, and `wrong_password` when there is none.
 */
export function tryPassword(
  { sql, rates }: State,
  { userId }: Caller,
  now: number,
): { hash: string; version: number } {
  bans.refuse(sql, userId, now)
  enforceLimit(rates.tries, userId, now)
  const { passwordHash, passwordVersion, listed } = settings.read(sql)
  if (passwordHash !== null) return { hash: passwordHash, version: passwordVersion }
  if (listed) throw new ApiError('wrong_password', 'The password is wrong.')
  throw new ApiError('not_found', 'There is no such room.')
}

export function listBans(
  state: State,
  caller: Caller,
  after: string,
  limit: number,
  now: number,
): Ban[] {
  actors.able(state, caller, 'member.ban', now)
  return bans.list(state.sql, after, limit, now).map((ban) => ({
    user: members.authorOf(state.sql, ban.userId),
    by: members.authorOf(state.sql, ban.by),
    reason: ban.reason,
    createdAt: iso(ban.createdAt),
    expiresAt: ban.expiresAt === null ? null : iso(ban.expiresAt),
  }))
}

export function allow(state: State, caller: Caller, profile: Profile, now: number): Outcome<null> {
  const { sql, head } = state
  actors.able(state, caller, 'allowlist.edit', now)
  members.note(sql, head, profile, Math.max(head.at, now))
  allowlist.put(sql, profile.id, caller.userId, now)
  return { value: null }
}

export function listAllowed(
  state: State,
  caller: Caller,
  after: string,
  limit: number,
  now: number,
): Allowed[] {
  actors.able(state, caller, 'allowlist.edit', now)
  return allowlist.list(state.sql, after, limit)
}

export function invite(
  state: State,
  caller: Caller,
  wanted: invites.NewInvite,
  now: number,
): Outcome<Invite> {
  actors.able(state, caller, 'invite.create', now)
  return { value: invites.create(state.sql, wanted, caller.userId, now) }
}

export function revoke(state: State, caller: Caller, id: string, now: number): Outcome<null> {
  actors.able(state, caller, 'invite.create', now)
  invites.revoke(state.sql, invites.get(state.sql, id).id)
  return { value: null }
}

export function listInvites(
  state: State,
  caller: Caller,
  after: string,
  limit: number,
  now: number,
): Invite[] {
  actors.able(state, caller, 'invite.create', now)
  return invites.list(state.sql, after, limit)
}

/** What the holder of a code sees before entering. Throws `banned`, and as `invites.check` does. */
export function preview(
  { sql }: State,
  { userId }: Caller,
  hash: string,
  now: number,
): InvitePreview {
  bans.refuse(sql, userId, now)
  const { by, expiresAt } = invites.check(sql, hash, now)
  const { roomId, name, topic, avatar, access, memberCount } = settings.read(sql)
  const shown = { name, topic, avatarUrl: avatarUrl('rooms', roomId, avatar) }
  return { room: { id: roomId, ...shown, access, memberCount }, by, expiresAt }
}
