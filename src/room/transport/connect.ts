import type { Frame } from '../../schemas/socket'
import type { Identity } from '../connections/socket-registry'
import { type Assembly, frames } from '../context'
import * as log from '../queries/event-log'
import * as reading from '../queries/room'
import * as view from '../store/room-view'

/** Opens a socket: `ready` first, then everything after `after`, in the same turn, so nothing can be missed. */
export function open(
  room: Assembly,
  identity: Identity,
  after: number | null,
  now: number,
): WebSocket {
  const { state, sockets, presence } = room
  reading.reader(state, { userId: identity.userId }, now)
  const missed = after === null ? [] : log.replay(state, after)
  const { client, server, isFirst } = sockets.accept(identity)
  const ready: Frame = {
    ready: {
      seq: state.head.seq,
      room: view.shared(state.sql),
      online: presence.online,
      resumed: missed === null ? 'limited' : after !== null,
      ...(missed === null && { snapshot: log.snapshot(state.sql) }),
    },
  }
  sockets.send(server, ready, now)
  for (const frame of frames(missed ?? [])) sockets.send(server, frame, now)
  // Only now: `ready` comes first, for this socket too.
  if (isFirst) presence.changed(identity.userId)
  room.visit(identity.userId, now)
  room.sweepSockets(now)
  return client
}

/** Echoing a close is the application's duty; some codes never travel. */
export function echo(socket: WebSocket, code: number, reason: string): void {
  if (socket.readyState === WebSocket.CLOSED) return
  if ([1005, 1006, 1015].includes(code)) socket.close(1000)
  else socket.close(code, reason)
}
