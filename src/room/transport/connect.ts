import type { Frame } from '../../schemas/socket'
import { eventFrames } from '../connections/event-frames'
import type { Identity } from '../connections/socket-registry'
import type { RoomContext } from '../context'
import { authorize } from '../policy/authorize'
import { replay, snapshot } from '../queries/event-log'
import * as roomView from '../store/room-view'

/** Opens a socket: `ready` first, then everything after `after`, in the same turn so that nothing can be missed. */
export function openSocket(
  room: RoomContext,
  identity: Identity,
  after: number | null,
  now: number,
): WebSocket {
  const { state, sockets, presence } = room
  const { userId } = identity
  authorize({ state, caller: { userId }, now }, 'room.read')
  const missed = after === null ? [] : replay(state, after)
  const { client, server, isFirst } = sockets.accept(identity)
  const ready: Frame = {
    ready: {
      seq: state.sequence.seq,
      room: roomView.shared(state.sql),
      online: presence.onlineFor(userId),
      resumed: missed === null ? 'limited' : after !== null,
      ...(missed === null && { snapshot: snapshot(state.sql) }),
    },
  }
  sockets.send(server, ready, now)
  for (const frame of eventFrames(missed ?? [])) sockets.send(server, frame, now)
  // Only now, because `ready` comes first for this socket too.
  if (isFirst) presence.changed(userId)
  room.recordVisit(userId, now)
  room.sweepSockets(now)
  return client
}

/** Echoes a close, which is the application's duty under the hibernation API. Some codes never travel. */
export function echoClose(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState === WebSocket.CLOSED) return
  if ([1005, 1006, 1015].includes(code)) socket.close(1000)
  else socket.close(code, reason)
}
