import { type AccessClaims, type Secrets, secretsOf } from '../auth/tokens'
import { open } from '../directory/database'
import type { Profile } from '../directory/profiles'
import { ApiError, rootOf } from '../errors'
import { registerSocket, tellInbox } from '../inbox/client'
import { parseRateLimit } from '../rate-limit/token-bucket'
import type { Event } from '../schemas/events'
import type { Frame, Live } from '../schemas/socket'
import { SocketRegistry } from '../sockets/socket-registry'
import { applyProfile } from './commands/apply-profile'
import type { CommandContext } from './commands/command-context'
import { bind } from './commit/command-result'
import { CommitQueue } from './commit/commit-queue'
import { eventFrames } from './connections/event-frames'
import { Presence } from './connections/presence'
import type { RoomSockets } from './connections/room-sockets'
import type { Caller } from './policy/authorize'
import { arePeersHidden } from './policy/peer-visibility'
import { ProfileLoader } from './policy/profile-loader'
import { cachedSettings } from './state/read-cache'
import * as roomState from './state/room-state'
import * as jobs from './store/jobs'
import * as members from './store/members'
import * as schema from './store/schema'
import { DirectorySync } from './sync/directory-sync'
import { announce } from './watch/announce'
import { currentNews } from './watch/current-news'
import { type CurrentNews, Watchers } from './watch/watchers'

// Sockets are swept at most this often; using one checks its token anyway.
const SWEEP_MS = 5 * 60_000
// Coming back within a minute is the same visit.
const VISIT_MS = 60_000

/** A room that exists, awake: its state and the parts around it. */
export interface RoomContext {
  state: roomState.RoomState
  profiles: ProfileLoader
  sockets: RoomSockets
  presence: Presence
  queue: CommitQueue<WebSocket>
  directorySync: DirectorySync
  /** The inboxes that are told of what changes here. */
  watchers: Watchers
  /** What a command of this caller is given, as of now. */
  contextFor: (caller: Caller, profile?: Profile) => CommandContext
  /** What the room is to a user now; undefined for a stranger. */
  readNews: (userId: string) => CurrentNews | undefined
  /** Records that a member was here. */
  recordVisit: (userId: string, now: number) => void
  /** Closes sockets whose token has expired, and schedules the next sweep. */
  sweepSockets: (now: number) => void
  /** Lets the user's inbox close this room's sockets of a session. Throws `unauthenticated` when it has ended. */
  registerSocket: (access: AccessClaims) => Promise<void>
  /** Verifies access tokens. */
  secrets: Secrets
  /** Where the bytes of media are. */
  bucket: Env['MEDIA']
}

/** Puts a room together from what is stored and from the sockets that outlived hibernation. */
export function assemble(ctx: DurableObjectState, env: Env): RoomContext {
  schema.migrate(ctx.storage)
  const state = roomState.load(ctx.storage, limitsOf(env))
  const directory = open(env.DB)
  const sockets = new SocketRegistry<Frame>(ctx, (userId) => presence.changed(userId))
  const presence = new Presence(sockets, () => arePeersHidden(state.sql))
  const directorySync = new DirectorySync({
    storage: ctx.storage,
    directory,
    state,
    waitUntil: (work) => ctx.waitUntil(work),
    confirmProfiles: async (profiles) => {
      const system = () => ({ state, sockets, now: Date.now() })
      for (const profile of profiles) await queue.submit(bind(applyProfile, system, profile))
    },
    mentionsForgotten: (userIds) => {
      for (const userId of userIds) watchers.countsChanged(userId, Date.now())
    },
  })
  const watchers = new Watchers({
    sql: state.sql,
    mayHaveLost: directorySync.isDirty,
    roomId: () => state.sequence.roomId,
    readFor: (userIds) => currentNews(state, userIds, Date.now()),
    tell: (userId, news) => tellInbox(env, userId, news),
    waitUntil: (work) => ctx.waitUntil(work),
    onError: (error) => {
      const { roomId } = state.sequence
      console.error({ level: 'error', work: 'inboxes', roomId, message: rootOf(error).message })
    },
  })
  const tellInboxes = (news: { events: Event[]; live: Live[] }, now: number) =>
    announce(watchers, news, { sql: state.sql, rules: () => cachedSettings(state), now })
  const queue = new CommitQueue<WebSocket>({
    transaction: (work, isAtomic) => {
      if (state.isDeleted) throw new ApiError('not_found', 'There is no such room.')
      return isAtomic ? work() : ctx.storage.transactionSync(work)
    },
    checkpoint: () => roomState.checkpoint(state),
    broadcast: ({ events, live }) => {
      const now = Date.now()
      if (events.length > 0 || !state.memberCounters.isEmpty)
        directorySync.request(now, events.some(isUrgent))
      for (const frame of eventFrames(events)) sockets.broadcast(frame, now)
      if (live.length > 0) sockets.broadcast({ live }, now)
      if (events.length > 0 || live.length > 0) tellInboxes({ events, live }, now)
      // A change of who may write in a direct room comes with this event.
      if (events.some(({ type }) => type === 'room.changed')) presence.visibilityChanged()
    },
    relay: (signals) => sockets.relay(signals, (live) => ({ live }), Date.now()),
    sendToUser: ({ userId, live, mention }) => {
      const now = Date.now()
      if (live.length > 0) sockets.sendToUser(userId, { live }, now)
      tellInboxes({ events: [], live }, now)
      if (mention) watchers.notify({ userId, why: 'mention', mention })
    },
    reply: (socket, answers) => sockets.send(socket, { answers }, Date.now()),
    // A timer of 0 ms would take more than a millisecond. When a commit fails, the runtime ends the object.
    schedule: (work) => void ctx.storage.sync().then(work, work),
  })
  return {
    state,
    profiles: new ProfileLoader(state, directory),
    sockets,
    presence,
    queue,
    directorySync,
    watchers,
    contextFor: (caller, profile) => ({ state, sockets, caller, profile, now: Date.now() }),
    readNews: (userId) => currentNews(state, [userId], Date.now()).get(userId),
    recordVisit: (userId, now) => {
      const member = members.find(state.sql, userId)
      if (!member?.role || now - state.memberCounters.addTo(member).visitedAt < VISIT_MS) return
      state.memberCounters.recordVisit(userId, now)
      directorySync.request(now)
    },
    sweepSockets: (now) => {
      const next = sockets.closeExpired(now)
      if (next === null) return jobs.cancel(ctx.storage, 'sockets', '')
      const dueAt = Math.max(next, now + SWEEP_MS)
      if (!jobs.has(ctx.storage.sql, 'sockets', now))
        jobs.schedule(ctx.storage, 'sockets', '', dueAt)
    },
    registerSocket: (access) => registerSocket(env, access, state.sequence.roomId),
    secrets: secretsOf(env),
    bucket: env.MEDIA,
  }
}

/** What lists show at once: a mention, and the first message of a direct room, which brings it into the other's list. */
const isUrgent = (event: Event): boolean =>
  event.type === 'message.posted' && (event.message.mentions.length > 0 || event.message.n === 1)

function limitsOf(env: Env): roomState.Limits {
  return {
    posts: parseRateLimit('posts', env.POSTS_PER_SECOND, env.POSTS_AT_ONCE),
    frames: parseRateLimit('frames', env.FRAMES_PER_SECOND, env.FRAMES_AT_ONCE),
    searches: parseRateLimit('searches', env.SEARCHES_PER_SECOND, env.SEARCHES_AT_ONCE),
  }
}
