import { type Secrets, verifyAccessToken } from '../auth/tokens'
import { ApiError } from '../errors'
import { enforceLimit } from '../rate-limit/token-bucket'
import { toSocketProblem } from '../room/commit/socket-problem'
import { closeCodeOf, closeReasonOf } from '../schemas/close-codes'
import { type InboxAnswer, InboxCommand } from '../schemas/inbox'
import { parseFrame } from '../sockets/frame-parser'
import type { Identity } from '../sockets/identity'
import type { LiveInbox } from './live-inbox'

interface Ports {
  secrets: Secrets
  isAlive: (sessionId: string) => boolean
  /** Moves the user's read marker in a room. Throws what the room refuses. */
  markRead: (userId: string, roomId: string, seq: number) => Promise<unknown>
  /** Called when a token was replaced, or someone came or went. */
  socketChanged: () => void
}

/** Handles one frame of a client. A frame that cannot be answered closes the socket. */
export async function handleFrame(
  inbox: LiveInbox,
  ports: Ports,
  socket: WebSocket,
  frame: string | ArrayBuffer,
  now: number,
): Promise<void> {
  const identity = inbox.sockets.identify(socket, now)
  if (!identity) return
  const parsed = parse(inbox, socket, identity.userId, frame, now)
  if (!parsed) return
  if ('refusal' in parsed) {
    return answer(inbox, socket, parsed.ref, { problem: toSocketProblem(parsed.refusal) })
  }
  const { command } = parsed
  try {
    await run(inbox, ports, { socket, identity, command })
    answer(inbox, socket, command.ref, { done: true })
  } catch (error) {
    answer(inbox, socket, command.ref, { problem: toSocketProblem(error) })
  }
}

function parse(
  { sockets, frames }: LiveInbox,
  socket: WebSocket,
  userId: string,
  frame: string | ArrayBuffer,
  now: number,
) {
  try {
    enforceLimit(frames, userId, now)
    return parseFrame(InboxCommand, frame)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    sockets.close(socket, closeCodeOf(error.code), closeReasonOf(error))
    return undefined
  }
}

function answer(
  { sockets }: LiveInbox,
  socket: WebSocket,
  ref: InboxCommand['ref'],
  outcome: { done: true } | { problem: ReturnType<typeof toSocketProblem> },
): void {
  if (ref === undefined) return
  const answers: InboxAnswer[] = [{ ref, ...outcome }]
  sockets.send(socket, { answers }, Date.now())
}

interface Asked {
  socket: WebSocket
  identity: Identity
  command: InboxCommand
}

async function run(
  { sockets }: LiveInbox,
  ports: Ports,
  { socket, identity: { userId }, command }: Asked,
): Promise<void> {
  switch (command.do) {
    case 'read.mark':
      await ports.markRead(userId, command.roomId, command.seq)
      return
    case 'presence':
      sockets.renew(socket, { isAway: command.state === 'away' })
      return ports.socketChanged()
    case 'auth': {
      const access = await verifyAccessToken(ports.secrets, command.token, Date.now())
      if (access.userId !== userId) {
        throw new ApiError('forbidden', 'Send a token of the user who opened this socket.')
      }
      if (!ports.isAlive(access.sessionId)) {
        throw new ApiError('unauthenticated', 'This session has ended. Log in again.')
      }
      const { sessionId, expiresAt } = access
      sockets.renew(socket, { sessionId, expiresAt })
      return ports.socketChanged()
    }
  }
}
