import { enforceLimit } from '../../rate-limit/token-bucket'
import type { Allowed } from '../../schemas/allowlist'
import type { Ban } from '../../schemas/bans'
import type { Invite, InvitePreview } from '../../schemas/invites'
import { avatarUrl, iso, secondsUntil } from '../../schemas/primitives'
import { authorize, type RequestContext } from '../policy/authorize'
import { requireMayChange } from '../policy/room-change'
import * as allowlist from '../store/access/allowlist'
import * as bans from '../store/access/bans'
import * as invites from '../store/access/invites'
import * as authors from '../store/author-cache'
import * as settings from '../store/settings'

/** A page of a list in the order of ids: those after `after`. */
interface Page {
  after: string
  limit: number
}

export interface PasswordChallenge {
  /** null where no password is right: there is none, or an unlisted room has had too many tries. */
  hash: string | null
  version: number
  /** Whether the caller may know that the room exists. */
  isVisible: boolean
}

/**
 * Counts one try at the room's password, for this user and for all of them together, and hands out the hash, to be
 * verified outside: hashing here would stop the room for everyone. Throws `banned`, and `rate_limited` where the
 * caller may know of the room.
 */
export function passwordChallenge({ state, caller, now }: RequestContext): PasswordChallenge {
  const { sql, rates } = state
  bans.assertNotBanned(sql, caller.userId, now)
  const { passwordHash, passwordVersion, listed, access } = settings.read(sql)
  const isVisible = listed || access === 'open'
  const challenge = { hash: passwordHash, version: passwordVersion, isVisible }
  try {
    enforceLimit(rates.passwordAttempts, caller.userId, now)
    enforceLimit(rates.roomPasswordAttempts, 'everyone', now)
    return challenge
  } catch (refusal) {
    if (isVisible) throw refusal
    return { ...challenge, hash: null }
  }
}

/** Throws unless the caller may change these settings and the password, before anyone hashes one. */
export function requireMayChangePassword(
  context: RequestContext,
  change: settings.RoomChange,
): void {
  requireMayChange(context, change)
  authorize(context, 'room.edit')
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
    expiresIn: ban.expiresAt === null ? null : secondsUntil(ban.expiresAt, context.now),
  }))
}

export function listAllowed(context: RequestContext, { after, limit }: Page): Allowed[] {
  authorize(context, 'allowlist.edit')
  return allowlist.list(context.state.sql, after, limit)
}

export function listInvites(context: RequestContext, { after, limit }: Page): Invite[] {
  authorize(context, 'invite.create')
  return invites.list(context.state.sql, after, limit, context.now)
}

/** What the holder of an invite's code sees before joining. Throws `banned`, and as `invites.check` does. */
export function previewInvite(
  { state, caller, now }: RequestContext,
  { hash }: { hash: string },
): InvitePreview {
  const { sql } = state
  // First: to someone without a valid code, a ban must not tell that the room exists.
  const { by, expiresAt, expiresIn } = invites.requireUsable(sql, hash, now)
  bans.assertNotBanned(sql, caller.userId, now)
  const { roomId, name, topic, avatar, access, memberCount } = settings.read(sql)
  const shown = { name, topic, avatarUrl: avatarUrl('rooms', roomId, avatar) }
  return { room: { id: roomId, ...shown, access, memberCount }, by, expiresAt, expiresIn }
}
