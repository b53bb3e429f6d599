import type { Frame } from '../../schemas/socket'
import type { SocketRegistry } from '../../sockets/socket-registry'

/** The sockets of a room. */
export type RoomSockets = SocketRegistry<Frame>
