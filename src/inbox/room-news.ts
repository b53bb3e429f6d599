import type { InboxUpdate } from '../schemas/inbox'
import type { Room } from '../schemas/rooms'

type Mention = Omit<Extract<InboxUpdate, { type: 'mention' }>, 'type' | 'roomId'>
export type RemovedWhy = Extract<InboxUpdate, { type: 'room.removed' }>['why']

/** What a room tells an inbox, by RPC: what it is to the user as of now, and why it is told. */
export interface RoomNews {
  roomId: string
  /** Of values about one room and one user the greater is the newer. */
  version: number
  /** The room as the user sees it, without the peer; null when they are no longer in it. */
  room: Room | null
  /** Which of the inbox's requests to be told this follows; 0 for what is told without one. */
  epoch: number
  why: NewsReason
  /** Whom to show as having added the user. */
  by?: string
  /** Why the user is no longer there. */
  removed?: RemovedWhy
  mention?: Mention
}

/** `settings`: the room changed, or what the user may do there. `messages`: only what was posted. */
export type NewsReason = 'added' | 'removed' | 'settings' | 'messages' | 'marker' | 'mention'

/** What an inbox answers: the request of this epoch is over, or a new one begins. */
export interface NewsAnswer {
  ended?: number
  watching?: number
}
