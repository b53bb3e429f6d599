/** What the package exports. */
export { Chat, type RoomsView } from './chat'
export type { ChatOptions, Transfer } from './chat-options'
export type { BackOff } from './connection/back-off'
export { UnansweredError } from './connection/commands'
export type { RequestOptions } from './connection/http'
export { type ProblemCode, ProblemError } from './connection/problem-error'
export type { SessionOptions, SessionStorage, StoredSession } from './connection/session'
export type { PresenceState } from './inbox'
export type {
  Author,
  Event,
  InboxUpdate,
  Live,
  Me,
  Media,
  Message,
  NewMessage,
  NewRoom,
  NewSession,
  NewUser,
  Problem,
  Reaction,
  Room as RoomOfUser,
  RoomMe,
  SharedRoom,
  SocketProblem,
  User,
} from './protocol'
export { Room } from './room'
export type { KeyedRoom } from './room-address'
export type { RoomView } from './room-view'
export { Excerpt, type ExcerptView } from './store/excerpt'
export type { Observable } from './store/observable'
export type { UnreadTotals } from './store/room-list'
export type { Ending } from './store/room-log'
export type { ChatMessage, Draft, UnsentMessage } from './store/unsent'
export { Thread, type ThreadView } from './thread'
