import type { Frame } from '../schemas/socket'
import { type Assembly, frames } from './assembly'
import * as log from './log'
import * as reading from './reading'
import type { Identity } from './sockets'
import * as view from './view'

/** Opens a socket: `ready` first, then everything after `after`, in the same turn, so nothing can be missed. */
export function connect(
  room: Assembly,
  identity: Identity,
  after: number | null,
  now: number,
): WebSocket {
  const { state, sockets, presence } = room
  reading.reader(state, identity.userId)
  const missed = after === null ? [] : log.replay(state, after)
  const { client, server } = sockets.accept(identity)
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
  room.visit(identity.userId, now)
  room.sweepSockets(now)
  return client
}
