import { waitUntil } from 'cloudflare:workers'
import { MEDIA_TOKEN_PERIOD_SECONDS, MEDIA_TOKEN_SECONDS } from '../auth/media-tokens'
import { ACCESS_TOKEN_SECONDS, type AccessClaims } from '../auth/tokens'
import { withRetries } from '../durable-objects/retry'
import type { RpcRefusal } from '../durable-objects/rpc-result'
import { ApiError, rootOf } from '../errors'
import type { InboxUpdate } from '../schemas/inbox'
import type { Room } from '../schemas/rooms'
import type { NewsAnswer, RoomNews } from './room-news'

type Bindings = Pick<Env, 'INBOXES'>

const inboxOf = ({ INBOXES }: Bindings, userId: string) => INBOXES.get(INBOXES.idFromName(userId))

// Media tokens outlive access tokens.
const TOKEN_SECONDS = Math.max(
  ACCESS_TOKEN_SECONDS,
  MEDIA_TOKEN_SECONDS + MEDIA_TOKEN_PERIOD_SECONDS,
)
// Tokens that were signed a moment ago by an isolate whose clock is ahead are still covered.
const MARGIN_MS = 60_000
const untilTokensExpire = (now: number) => now + TOKEN_SECONDS * 1000 + MARGIN_MS

/** Ends sessions everywhere: over HTTP within a second, on sockets at once. Throws `unavailable`: then nothing ended. */
export async function endSessions(
  env: Bindings,
  userId: string,
  sessionIds: string[],
  now: number,
): Promise<void> {
  if (sessionIds.length === 0) return
  const until = untilTokensExpire(now)
  await withRetries(() => inboxOf(env, userId).endSessions(sessionIds, until)).catch(unavailable)
  for (const sessionId of sessionIds) remember(sessionId, { state: 'ended', until })
}

/** Closes the inbox of a deleted account to any session. Never throws: the sessions that it had have ended before. */
export async function endAccount(env: Bindings, userId: string, now: number): Promise<void> {
  await withRetries(() => inboxOf(env, userId).endAccount(untilTokensExpire(now))).catch(logged)
}

/**
 * Registers that a session opens a socket in a room, so that the room is told when the session ends. Throws
 * `unauthenticated` when it has ended already, `unavailable`.
 */
export async function registerSocket(
  env: Bindings,
  { userId, sessionId, expiresAt }: AccessClaims,
  roomId: string,
): Promise<void> {
  const register = () => inboxOf(env, userId).register(sessionId, roomId, expiresAt)
  if (!(await withRetries(register).catch(unavailable))) throw sessionEnded()
}

/** Tells a user's inbox what a room is to them. Throws what the runtime throws. */
export const tellInbox = async (
  env: Bindings,
  userId: string,
  news: RoomNews,
): Promise<NewsAnswer> => inboxOf(env, userId).tell(news)

/** Opens a socket in a user's inbox. Throws its refusals, `unavailable`. */
export async function openInboxSocket(
  env: Bindings,
  { userId, sessionId, expiresAt }: AccessClaims,
): Promise<WebSocket | null> {
  const query = new URLSearchParams({ userId, sessionId, expiresAt: String(expiresAt) })
  const init = { headers: { Upgrade: 'websocket' } }
  const response = await withRetries(() =>
    inboxOf(env, userId).fetch(`https://inbox/socket?${query}`, init),
  ).catch(unavailable)
  if (response.webSocket) return response.webSocket
  const { code, detail, extras } = await response.json<RpcRefusal>()
  throw new ApiError(code, detail, extras)
}

/** What the user's devices are to know, besides what rooms tell. Never throws: they learn it when they ask. */
export async function publish(
  env: Bindings,
  userId: string,
  updates: InboxUpdate[],
): Promise<void> {
  await withRetries(() => inboxOf(env, userId).publish(updates)).catch(logged)
}

/** Tells a user's inbox whom they block. Never throws: the next socket learns it. */
export async function setBlocks(env: Bindings, userId: string, blocks: string[]): Promise<void> {
  await withRetries(() => inboxOf(env, userId).setBlocks(blocks)).catch(logged)
}

/** Of the rooms at these versions those that the inbox knows to be at a later one. Nothing where it does not answer. */
export async function newerRooms(
  env: Bindings,
  userId: string,
  versions: { roomId: string; version: number }[],
): Promise<Map<string, Room | null>> {
  if (versions.length === 0) return new Map()
  const asked = inboxOf(env, userId).newerThan(versions).catch(logged)
  const answer = await Promise.race([asked, timeout()])
  return new Map(Array.isArray(answer) ? answer.map(({ roomId, room }) => [roomId, room]) : [])
}

/** The rooms that told the inbox of a change a moment ago. Nothing where it does not answer. */
export async function freshRooms(env: Bindings, userId: string): Promise<Room[]> {
  const answer = await Promise.race([inboxOf(env, userId).freshRooms().catch(logged), timeout()])
  return Array.isArray(answer) ? answer : []
}

function logged(error: unknown): undefined {
  console.error({ level: 'error', work: 'inbox', message: rootOf(error).message })
}

/** Asks the inbox itself, for what must not follow a cache. Throws `unauthenticated`, `unavailable`. */
export async function requireLiveSession(
  env: Bindings,
  userId: string,
  sessionId: string,
): Promise<void> {
  const isAlive = () => inboxOf(env, userId).isAlive(sessionId)
  if (!(await withRetries(isAlive).catch(unavailable))) throw sessionEnded()
}

export const sessionEnded = () =>
  new ApiError('unauthenticated', 'This session has ended. Log in again.')

function unavailable(error: unknown): never {
  console.error({ level: 'error', work: 'inbox', message: rootOf(error).message })
  throw new ApiError(
    'unavailable',
    'Your sessions cannot be checked right now. Try again in a moment.',
    {
      retryAfter: 1,
    },
  )
}

/** `unknown`: the inbox did not answer in time. */
export type SessionState = 'alive' | 'ended' | 'unknown'

interface Checked {
  state: SessionState
  /** The state is asked again after this, in milliseconds since the epoch. */
  until: number
}

// In the memory of this isolate. Every session is asked for once a second at most, however many requests it sends.
const checked = new Map<string, Checked>()
/** Sessions that a request is asking for, and since when. */
const checking = new Map<string, number>()
const MAX_CHECKED = 5000
const CHECK_MS = 1000
const TIMEOUT_MS = 500
const POLL_MS = 5

function remember(sessionId: string, state: Checked): void {
  if (checked.size >= MAX_CHECKED) checked.clear()
  checked.set(sessionId, state)
}

/** Whether a session has ended, as of a second ago at most (docs/decisions/0019-the-inbox-ends-sessions.md). */
export async function sessionState(
  env: Bindings,
  { userId, sessionId }: AccessClaims,
  now: number,
): Promise<SessionState> {
  const known = checked.get(sessionId)
  if (known && known.until > now) return known.state
  const since = checking.get(sessionId)
  if (since !== undefined && now - since < TIMEOUT_MS) return awaitCheck(sessionId, now)
  checking.set(sessionId, now)
  const check = ask(env, userId, sessionId, now)
  // This request may be cancelled while others wait for what it learns.
  waitUntil(check)
  return check
}

async function ask(
  env: Bindings,
  userId: string,
  sessionId: string,
  now: number,
): Promise<SessionState> {
  let state: SessionState = 'unknown'
  try {
    const answer = await Promise.race([inboxOf(env, userId).isAlive(sessionId), timeout()])
    if (answer !== 'unknown') state = answer ? 'alive' : 'ended'
  } catch (error) {
    console.error({ level: 'error', work: 'inbox', message: rootOf(error).message })
  }
  const until = state === 'ended' ? untilTokensExpire(now) : now + CHECK_MS
  // Another call of this isolate may have ended the session meanwhile, for good.
  if (checked.get(sessionId)?.state !== 'ended') remember(sessionId, { state, until })
  checking.delete(sessionId)
  return checked.get(sessionId)?.state ?? state
}

/** Waits for what another request asks. By looking, because a promise of one request must not be awaited by another. */
async function awaitCheck(sessionId: string, now: number): Promise<SessionState> {
  for (let waited = 0; waited < TIMEOUT_MS; waited += POLL_MS) {
    await scheduler.wait(POLL_MS)
    const known = checked.get(sessionId)
    if (known && known.until > now) return known.state
  }
  return 'unknown'
}

const timeout = () => scheduler.wait(TIMEOUT_MS).then((): SessionState => 'unknown')
