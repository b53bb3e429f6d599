import { ApiError, registrationRequired } from '../../errors'
import * as allowlist from '../store/access/allowlist'
import * as bans from '../store/access/bans'
import * as invites from '../store/access/invites'
import * as settings from '../store/settings'

/** What someone presents to join a closed room; the Worker checked the password and hashed the invite's secret. */
export interface JoinProof {
  /** Version of the password that was right. Refused when the password has changed since. */
  passwordVersion?: number
  inviteHash?: string
}

/**
 * Throws unless this user may join: the block-list stands above everything, then any one proof is enough. Of a guest, only an
 * invite is.
 */
export function assertMayJoin(
  sql: SqlStorage,
  { userId, isGuest }: { userId: string; isGuest: boolean },
  proof: JoinProof,
  now: number,
): void {
  const room = settings.read(sql)
  bans.assertNotBanned(sql, userId, now)
  if (room.access === 'open') return
  const isAllowed = allowlist.has(sql, userId)
  if (isAllowed && !isGuest) return
  if (proof.inviteHash !== undefined) {
    invites.redeem(sql, userId, proof.inviteHash, now)
    return
  }
  const isRight = room.passwordHash !== null && proof.passwordVersion === room.passwordVersion
  if (isGuest && (isAllowed || isRight)) throw registrationRequired('enter this room')
  if (proof.passwordVersion !== undefined) {
    if (isRight) return
    throw new ApiError('wrong_password', 'The password of this room has changed. Try again.')
  }
  if (!room.listed) throw new ApiError('not_found', 'There is no such room.')
  throw new ApiError(
    'forbidden',
    room.passwordHash === null
      ? 'This room is closed. You need an invite, or someone who adds you.'
      : 'This room is closed. You need its password, an invite, or someone who adds you.',
  )
}
