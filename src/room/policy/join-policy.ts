import { ApiError } from '../../errors'
import * as allowlist from '../store/allowlist'
import * as bans from '../store/bans'
import * as invites from '../store/invites'
import * as settings from '../store/settings'

/** What someone shows at the door of a closed room; both were checked or hashed outside. */
export interface Keys {
  /** Of the password that was right; refused when it has changed since. */
  passwordVersion?: number
  /** Of an invite's secret. */
  inviteHash?: string
}

/** Throws unless this user may enter: the block-list stands above all, then any one key is enough. */
export function pass(sql: SqlStorage, userId: string, keys: Keys, now: number): void {
  const room = settings.read(sql)
  bans.refuse(sql, userId, now)
  if (room.access === 'open' || allowlist.has(sql, userId)) return
  if (keys.inviteHash !== undefined) {
    invites.use(sql, userId, keys.inviteHash, now)
    return
  }
  if (keys.passwordVersion !== undefined) {
    if (room.passwordHash !== null && keys.passwordVersion === room.passwordVersion) return
    throw new ApiError('wrong_password', 'The password was changed.')
  }
  if (!room.listed) throw new ApiError('not_found', 'There is no such room.')
  throw new ApiError(
    'forbidden',
    room.passwordHash === null
      ? 'This room is closed: it takes an invite, or someone who adds you.'
      : 'This room is closed: it takes the password, an invite, or someone who adds you.',
  )
}
