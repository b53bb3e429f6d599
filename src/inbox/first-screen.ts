import * as accounts from '../directory/accounts'
import * as blocks from '../directory/blocks'
import { type Directory, readBatch } from '../directory/database'
import * as directPeers from '../directory/direct-peers'
import * as myRooms from '../directory/my-rooms'
import * as unread from '../directory/unread'
import { type InboxReady, READY_ROOMS } from '../schemas/inbox'
import { withCapabilities } from './room-list'
import type { Version } from './told-rooms'

/** What `ready` says, as the directory knows it. */
export interface FirstScreen {
  ready: Omit<InboxReady, 'online'>
  /** Of all rooms, that with the latest message first. */
  versions: Version[]
}

/** Reads the first screen of someone's app, by one batch. Throws `unauthenticated` when the account is deleted. */
export async function readFirstScreen(
  directory: Directory,
  userId: string,
  now: number,
): Promise<FirstScreen> {
  const query = { sort: 'recent' as const, list: 'all' as const, limit: READY_ROOMS }
  const direct = myRooms.selectDirectIds(directory, userId, READY_ROOMS, now)
  const [me, rows, peers, relations, inRooms, inThreads, blocked, versions] = await readBatch(
    directory,
    [
      accounts.selectRow(directory, userId),
      myRooms.select(directory, userId, query, { after: null, now }),
      ...directPeers.select(directory, userId, direct, now),
      ...unread.selectTotal(directory, userId, now),
      blocks.selectIds(directory, userId),
      myRooms.selectVersions(directory, userId),
    ],
  )
  const { items, next } = myRooms.toPage(rows, READY_ROOMS, now)
  const ready = {
    me: accounts.toFoundMe(me, now),
    rooms: withCapabilities(directPeers.attach(items, peers, relations), now),
    more: next !== null,
    unread: unread.toUnread(inRooms, inThreads),
    blocks: blocked.map(({ id }) => id),
  }
  return { ready, versions }
}
