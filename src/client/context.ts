import type { Transfer } from './chat-options'
import type { BackOff } from './connection/back-off'
import type { Connection, ConnectionOptions } from './connection/connection'
import type { RequestOptions } from './connection/http'
import type { Session } from './connection/session'
import type { Me, RoomMe, SharedRoom } from './protocol'
import type { RoomList } from './store/room-list'
import type { UnsentListener } from './store/unsent'
import type { Users } from './store/users'

/** What rooms and the inbox have in common: one user at one service. */
export interface Context {
  readonly address: string
  readonly session: Pick<Session, 'token' | 'replace'>
  readonly userId: string | undefined
  readonly users: Users
  readonly roomList: RoomList
  readonly backOff: BackOff
  readonly answerMs: number | undefined
  readonly transfer: Transfer | undefined
  connection(
    path: () => string,
    handlers: Pick<ConnectionOptions, 'onFrame' | 'onLost' | 'onRefused'>,
  ): Connection
  request<T>(method: string, path: string, body?: unknown, options?: RequestOptions): Promise<T>
  markRead(roomId: string, seq: number): void
  setMe(me: Me): void
  putRoom(room: SharedRoom, me: RoomMe | null): void
  /** Messages under way, of all rooms. */
  readonly unsentListener: UnsentListener
  /** The list of rooms, or the name of somebody, is not what it was. */
  changed(): void
}
