import { verifyAccessToken } from '../../auth/tokens'
import type { Profile } from '../../directory/profiles'
import { ApiError } from '../../errors'
import { type Command, closeCodeOf } from '../../schemas/socket'
import * as editing from '../commands/edit-message'
import * as posting from '../commands/post-message'
import * as reacting from '../commands/react'
import * as markers from '../commands/read-marker'
import type { Outcome } from '../commit/commit-queue'
import type { Assembly } from '../context'
import * as actors from '../policy/authorize'
import type { State } from '../state/room-state'
import * as commands from './frame-parser'

/** What the flush is to run. */
type Run = () => Outcome<{ seq: number }>

/** Obeys one frame of a client; a frame that nobody can be answered about ends the socket. */
export function receive(
  room: Assembly,
  socket: WebSocket,
  frame: string | ArrayBuffer,
  now: number,
): void | Promise<void> {
  const identity = room.sockets.identify(socket, now)
  if (!identity) return
  const { userId } = identity
  if (room.state.rates.frames.consume(userId, now) > 0) {
    return room.sockets.close(socket, 4429, 'rate_limited')
  }
  const read = parse(room, socket, frame)
  if (!read) return
  const refuse = (ref: string | number | undefined, refusal: unknown) =>
    room.flush.tell(socket, ref, () => {
      throw refusal
    })
  if ('refusal' in read) return refuse(read.ref, read.refusal)
  const { command } = read
  const isAtomic = command.do === 'message.post'
  const tell = (run: Run) => room.flush.tell(socket, command.ref, run, isAtomic)
  // Waiting, even for what is there, costs a turn of the object.
  const run = prepare(room, socket, userId, command)
  if (typeof run === 'function') return tell(run)
  return run.then(tell, (error) => refuse(command.ref, error))
}

function parse(room: Assembly, socket: WebSocket, frame: string | ArrayBuffer) {
  try {
    return commands.parse(frame)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    room.sockets.close(socket, closeCodeOf(error.code), error.code)
    return undefined
  }
}

/** Learns what a command needs from outside the room, and returns what is to run. */
function prepare(
  { state, admission, sockets, secret }: Assembly,
  socket: WebSocket,
  userId: string,
  command: Command,
): Run | Promise<Run> {
  switch (command.do) {
    case 'message.post': {
      const post = (profile?: Profile) => () => {
        const outcome = posting.post(state, { userId }, profile, command, Date.now())
        return { ...outcome, value: outcome.value.message }
      }
      const profile = admission.profileOf(userId)
      return profile ? profile.then(post) : post()
    }
    case 'message.edit':
      return () => editing.edit(state, { userId }, command.seq, command.text, Date.now())
    case 'message.delete':
      return () => editing.remove(state, { userId }, command.seq, undefined, Date.now())
    case 'reaction.add':
      return () => reacting.add(state, { userId }, command.seq, command.emoji, Date.now())
    case 'reaction.remove':
      return () => reacting.remove(state, { userId }, command.seq, command.emoji, Date.now())
    case 'read.mark':
      return () => markers.move(state, { userId }, command, Date.now())
    case 'typing':
      return () => type(state, userId, Date.now())
    case 'auth': {
      return verifyAccessToken(secret, command.token, Date.now()).then((access) => () => {
        if (access.userId !== userId) {
          throw new ApiError('forbidden', 'A socket stays with the user who opened it.')
        }
        sockets.renew(socket, access.expiresAt)
        return { value: { seq: state.head.seq } }
      })
    }
  }
}

/** Tells the room, not more often than every five seconds, that someone is writing. */
function type(state: State, userId: string, now: number): Outcome<{ seq: number }> {
  actors.able(state, { userId }, 'message.post', now)
  const { head, rates } = state
  const isTold = rates.typing.consume(userId, now) === 0
  return { value: { seq: head.seq }, live: isTold ? [{ type: 'typing', userId }] : [] }
}
