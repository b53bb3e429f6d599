import * as settings from '../store/settings'
import { arePeersHidden } from './peer-visibility'

/** With more members than this, nobody is told who read how far. */
const MAX_MEMBERS = 50

/** Whether everybody is told how far everybody has read. */
export function arePublic(sql: SqlStorage): boolean {
  const { receipts, memberCount } = settings.read(sql)
  return receipts === 'public' && memberCount <= MAX_MEMBERS && !arePeersHidden(sql)
}
