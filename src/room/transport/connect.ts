import { ApiError } from '../../errors'
import type { Ready } from '../../schemas/socket'
import { type EncodedFrame, encode, totalBytes } from '../../sockets/encoded-frame'
import type { Identity } from '../../sockets/identity'
import { eventFrames } from '../connections/event-frames'
import type { RoomContext } from '../context'
import { authorize } from '../policy/authorize'
import { MAX_REPLAY_BYTES, replay, snapshot } from '../queries/event-log'
import { toRoomMe } from '../queries/room-personal'
import * as members from '../store/members'
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
  const { rules } = authorize({ state, caller: { userId }, now }, 'room.read')
  const { frames, ...resumed } = catchUp(room, userId, after, now)
  // Before this socket is one of them: what tells the others would reach it ahead of `ready`.
  sockets.closeDead(now)
  const { client, server, isFirst } = sockets.accept(identity)
  const shared = roomView.shared(state.sql)
  const member = members.find(state.sql, userId)
  const current = member && state.memberCounters.addTo(member)
  const ready = encode({
    ready: {
      seq: state.sequence.seq,
      room: shared,
      me: toRoomMe(state.sql, { rules, member: current, room: shared }, now),
      online: presence.onlineFor(userId),
      ...resumed,
    },
  })
  const isLarge = frames.length > 0 || resumed.snapshot !== undefined
  if (isLarge) sockets.sendReplay(server, [ready, ...frames], now)
  else sockets.sendEncoded(server, ready, now)
  // Only now, because `ready` comes first for this socket too.
  if (isFirst) presence.changed(userId)
  room.recordVisit(userId, now)
  room.sweepSockets(now)
  return client
}

type CatchUp = Pick<Ready, 'resumed' | 'snapshot'> & { frames: EncodedFrame[] }

/** What a client has missed, as events or as a snapshot. Throws `rate_limited` while the room has no space for either. */
function catchUp(
  { state, sockets }: RoomContext,
  userId: string,
  after: number | null,
  now: number,
): CatchUp {
  if (after === null) return { resumed: false, frames: [] }
  const missed = replay(state, after)
  if (missed) {
    const frames = Array.from(eventFrames(missed), encode)
    const bytes = totalBytes(frames)
    const isBounded = bytes <= MAX_REPLAY_BYTES
    if (isBounded && sockets.hasRoomForReplay(userId, bytes, now)) return { resumed: true, frames }
  }
  const shown = snapshot(state.sql)
  if (sockets.hasRoomForReplay(userId, Buffer.byteLength(JSON.stringify(shown)), now)) {
    return { resumed: 'limited', snapshot: shown, frames: [] }
  }
  const detail =
    'Too much was sent to sockets that have not sent a ping yet. Try again in a moment.'
  throw new ApiError('rate_limited', detail, { retryAfter: RETRY_SECONDS })
}

const RETRY_SECONDS = 5
