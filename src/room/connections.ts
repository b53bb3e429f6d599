import { ApiError } from '../errors'
import { type Command, closeCodeOf, type Frame } from '../schemas/socket'
import { type Assembly, frames } from './assembly'
import * as commands from './commands'
import * as log from './log'
import * as members from './members'
import { require } from './permissions'
import * as posting from './posting'
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
  return client
}

/** Obeys one frame of a client; a frame that nobody can be answered about ends the socket. */
export async function receive(
  room: Assembly,
  socket: WebSocket,
  frame: string | ArrayBuffer,
  now: number,
): Promise<void> {
  const identity = room.sockets.identify(socket, now)
  if (!identity) return
  const read = parse(room, socket, frame)
  if (!read) return
  const refuse = (ref: string | number | undefined, refusal: unknown) =>
    room.flush.tell(socket, ref, () => {
      throw refusal
    })
  if ('refusal' in read) return refuse(read.ref, read.refusal)
  try {
    await obey(room, socket, identity.userId, read.command)
  } catch (error) {
    refuse(read.command.ref, error)
  }
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

async function obey(
  { state, flush, admission, sockets }: Assembly,
  socket: WebSocket,
  userId: string,
  command: Command,
): Promise<void> {
  const { ref } = command
  switch (command.do) {
    case 'message.post': {
      const profile = await admission.profileOf(userId)
      flush.tell(socket, ref, () => {
        const outcome = posting.post(state, userId, profile, command, Date.now())
        return { ...outcome, value: outcome.value.message }
      })
      break
    }
    case 'message.edit':
      flush.tell(socket, ref, () =>
        posting.edit(state, userId, command.seq, command.text, Date.now()),
      )
      break
    case 'message.delete':
      flush.tell(socket, ref, () => posting.remove(state, userId, command.seq, Date.now()))
      break
    case 'typing':
      flush.tell(socket, ref, () => {
        require(members.find(state.sql, userId)?.role ?? null, 'message.post')
        sockets.broadcast({ live: [{ type: 'typing', userId }] }, Date.now(), userId)
        return { value: { seq: state.head.seq } }
      })
  }
}
