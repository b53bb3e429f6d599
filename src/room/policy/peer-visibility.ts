import * as roster from '../store/roster'
import * as settings from '../store/settings'

/**
 * Whether the two of a direct room are kept from seeing each other's presence and read marker: while either of them
 * may not write. It does not matter why, so that a block looks like a closed door.
 */
export const arePeersHidden = (sql: SqlStorage): boolean =>
  settings.read(sql).kind === 'direct' && roster.isDmClosed(sql)
