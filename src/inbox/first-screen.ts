import * as accounts from '../directory/accounts'
import * as blocks from '../directory/blocks'
import type { Directory } from '../directory/database'
import * as myRooms from '../directory/my-rooms'
import * as unread from '../directory/unread'
import { type InboxReady, READY_ROOMS } from '../schemas/inbox'
import { listRooms } from './room-list'
import type { Version } from './told-rooms'

/** What `ready` says, as the directory knows it. */
export interface FirstScreen {
  ready: Omit<InboxReady, 'online'>
  /** Of all rooms, that with the latest message first. */
  versions: Version[]
}

/** Reads the first screen of someone's app. Throws `unauthenticated` when the account is deleted. */
export async function readFirstScreen(
  directory: Directory,
  userId: string,
  now: number,
): Promise<FirstScreen> {
  const query = { sort: 'recent' as const, list: 'all' as const, limit: READY_ROOMS }
  const [me, page, total, blocked, versions] = await Promise.all([
    accounts.find(directory, userId, now),
    listRooms(directory, userId, query, { after: null, now }),
    unread.total(directory, userId, now),
    blocks.listIds(directory, userId),
    myRooms.selectVersions(directory, userId),
  ])
  const more = page.next !== null
  return { ready: { me, rooms: page.items, more, unread: total, blocks: blocked }, versions }
}
