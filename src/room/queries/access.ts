import { ApiError } from '../../errors'
import { enforceLimit } from '../../rate-limit/token-bucket'
import type { Allowed } from '../../schemas/allowlist'
import type { Ban } from '../../schemas/bans'
import type { Invite, InvitePreview } from '../../schemas/invites'
import { avatarUrl, iso } from '../../schemas/primitives'
import { authorize, type RequestContext } from '../policy/authorize'
import * as allowlist from '../store/allowlist'
import * as authors from '../store/author-cache'
import * as bans from '../store/bans'
import * as invites from '../store/invites'
import * as settings from '../store/settings'

/** A page of a list in the order of ids: those after `after`. */
interface Page {
  after: string
  limit: number
}

/**
 * Counts one try at the room's password and hands out the hash, to be verified outside: hashing here would stop the
 * room for everyone. Throws `rate_limited`, `banned`, and `wrong_password` when there is no password.
 */
export function passwordChallenge({ state, caller, now }: RequestContext): {
  hash: string
  version: number
} {
  const { sql, rates } = state
  bans.assertNotBanned(sql, caller.userId, now)
  enforceLimit(rates.passwordAttempts, caller.userId, now)
  const { passwordHash, passwordVersion, listed } = settings.read(sql)
  if (passwordHash !== null) return { hash: passwordHash, version: passwordVersion }
  if (listed) throw new ApiError('wrong_password', 'The password is wrong.')
  throw new ApiError('not_found', 'There is no such room.')
}

export function listBans(context: RequestContext, { after, limit }: Page): Ban[] {
  authorize(context, 'member.ban')
  const { sql } = context.state
  return bans.list(sql, after, limit, context.now).map((ban) => ({
    user: authors.authorOf(sql, ban.userId),
    by: authors.authorOf(sql, ban.by),
    reason: ban.reason,
    createdAt: iso(ban.createdAt),
    expiresAt: ban.expiresAt === null ? null : iso(ban.expiresAt),
  }))
}

export function listAllowed(context: RequestContext, { after, limit }: Page): Allowed[] {
  authorize(context, 'allowlist.edit')
  return allowlist.list(context.state.sql, after, limit)
}

export function listInvites(context: RequestContext, { after, limit }: Page): Invite[] {
  authorize(context, 'invite.create')
  return invites.list(context.state.sql, after, limit)
}

/** What the holder of an invite's code sees before joining. Throws `banned`, and as `invites.check` does. */
export function previewInvite(
  { state, caller, now }: RequestContext,
  { hash }: { hash: string },
): InvitePreview {
  const { sql } = state
  bans.assertNotBanned(sql, caller.userId, now)
  const { by, expiresAt } = invites.requireUsable(sql, hash, now)
  const { roomId, name, topic, avatar, access, memberCount } = settings.read(sql)
  const shown = { name, topic, avatarUrl: avatarUrl('rooms', roomId, avatar) }
  return { room: { id: roomId, ...shown, access, memberCount }, by, expiresAt }
}
