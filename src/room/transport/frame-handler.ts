import { verifyAccessToken } from '../../auth/tokens'
import { ApiError } from '../../errors'
import { enforceLimit } from '../../rate-limit/token-bucket'
import { closeCodeOf, closeReasonOf } from '../../schemas/close-codes'
import { Command } from '../../schemas/socket'
import { parseFrame } from '../../sockets/frame-parser'
import { commandTable, runCommand } from '../commands/command-table'
import type { RoomContext } from '../context'

type Run = Parameters<RoomContext['queue']['submitFromSocket']>[2]

/** Handles one frame of a client. A frame that cannot be answered closes the socket. */
export function handleFrame(
  room: RoomContext,
  socket: WebSocket,
  frame: string | ArrayBuffer,
  now: number,
): void | Promise<void> {
  const identity = room.sockets.identify(socket, now)
  if (!identity) return
  const { userId } = identity
  const parsed = parse(room, socket, userId, frame, now)
  if (!parsed) return
  if ('refusal' in parsed) return refuse(room, socket, parsed.ref, parsed.refusal)
  const { command } = parsed
  const submit = (run: Run) => room.queue.submitFromSocket(socket, command.ref, run)
  // Waiting, even for a value that is there, costs a turn of the object.
  const ready = prepare(room, socket, userId, command)
  if (!(ready instanceof Promise)) return submit(ready)
  return ready.then(submit, (error) => refuse(room, socket, command.ref, error))
}

function refuse(
  { queue }: RoomContext,
  socket: WebSocket,
  ref: string | number | undefined,
  refusal: unknown,
): void {
  const run = () => {
    throw refusal
  }
  queue.submitFromSocket(socket, ref, { run, isAtomic: true })
}

/** Parses a frame within the limits of its user; closes the socket of one that cannot be answered. */
function parse(
  { sockets, state }: RoomContext,
  socket: WebSocket,
  userId: string,
  frame: string | ArrayBuffer,
  now: number,
) {
  try {
    enforceLimit(state.rates.frames, userId, now)
    return parseFrame(Command, frame)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    sockets.close(socket, closeCodeOf(error.code), closeReasonOf(error))
    return undefined
  }
}

// What makes a stranger a member.
const joining: Command['do'][] = ['message.post', 'reaction.add']

/** The profile of a stranger, for what one may do in an open room: the account may be suspended. */
function profileFor({ profiles }: RoomContext, userId: string, name: Command['do']) {
  if (joining.includes(name)) return profiles.profileOf(userId)
  return name === 'typing' ? profiles.recentProfileOf(userId, Date.now()) : undefined
}

/** Loads what a command needs from outside the room, and returns what the queue is to run. */
function prepare(
  room: RoomContext,
  socket: WebSocket,
  userId: string,
  command: Command,
): Run | Promise<Run> {
  if (command.do === 'auth') return prepareAuth(room, socket, userId, command.token)
  const { do: name } = command
  const bound = (profile?: Parameters<typeof room.contextFor>[1]): Run => ({
    run: () => runCommand(name, room.contextFor({ userId }, profile), command),
    isAtomic: commandTable[name].isAtomic === true,
  })
  const profile = profileFor(room, userId, name)
  return profile ? profile.then(bound) : bound()
}

async function prepareAuth(
  { sockets, state, secrets, registerSocket }: RoomContext,
  socket: WebSocket,
  userId: string,
  token: string,
): Promise<Run> {
  const access = await verifyAccessToken(secrets, token, Date.now())
  if (access.userId !== userId) {
    throw new ApiError('forbidden', 'Send a token of the user who opened this socket.')
  }
  await registerSocket(access)
  const run = () => {
    const { sessionId, expiresAt } = access
    sockets.renew(socket, { sessionId, expiresAt })
    return { value: { seq: state.sequence.seq } }
  }
  return { run, isAtomic: true }
}
