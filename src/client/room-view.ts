import type { Author, Ready, RoomMe, SharedRoom } from './protocol'
import type { RoomState } from './room-socket'
import type { Ending } from './store/room-log'
import type { ChatMessage } from './store/unsent'

export interface RoomView {
  id: string
  /** `complete`: nothing is missing. `catching-up`: what happened meanwhile is on its way. `offline`: there is no connection. */
  state: RoomState
  /** Why there will be no connection. */
  ended: Ending | 'refused' | null
  room: SharedRoom | null
  /** The membership of the user. */
  me: RoomMe | null
  /** The timeline, oldest first; what is not sent yet comes last. */
  messages: readonly ChatMessage[]
  hasOlder: boolean
  typing: readonly Author[]
  online: Ready['online']
}
