import { type AccessClaims, type Secrets, secretsOf } from '../auth/tokens'
import { open } from '../directory/database'
import type { Profile } from '../directory/profiles'
import { ApiError } from '../errors'
import { registerSocket } from '../inbox/client'
import { parseRateLimit } from '../rate-limit/token-bucket'
import type { Frame } from '../schemas/socket'
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
import * as roomState from './state/room-state'
import * as jobs from './store/jobs'
import * as members from './store/members'
import * as schema from './store/schema'
import { DirectorySync } from './sync/directory-sync'

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
  /** What a command of this caller is given, as of now. */
  contextFor: (caller: Caller, profile?: Profile) => CommandContext
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
  })
  const queue = new CommitQueue<WebSocket>({
    transaction: (work, isAtomic) => {
      if (state.isDeleted) throw new ApiError('not_found', 'There is no such room.')
      return isAtomic ? work() : ctx.storage.transactionSync(work)
    },
    checkpoint: () => roomState.checkpoint(state),
    broadcast: ({ events, live }) => {
      const now = Date.now()
      if (events.length > 0 || !state.memberCounters.isEmpty) directorySync.request(now)
      for (const frame of eventFrames(events)) sockets.broadcast(frame, now)
      if (live.length > 0) sockets.broadcast({ live }, now)
      // A change of who may write in a direct room comes with this event.
      if (events.some(({ type }) => type === 'room.changed')) presence.visibilityChanged()
    },
    sendToUser: ({ userId, live }) => sockets.sendToUser(userId, { live }, Date.now()),
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
    contextFor: (caller, profile) => ({ state, sockets, caller, profile, now: Date.now() }),
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

function limitsOf(env: Env): roomState.Limits {
  return {
    posts: parseRateLimit('posts', env.POSTS_PER_SECOND, env.POSTS_AT_ONCE),
    frames: parseRateLimit('frames', env.FRAMES_PER_SECOND, env.FRAMES_AT_ONCE),
    searches: parseRateLimit('searches', env.SEARCHES_PER_SECOND, env.SEARCHES_AT_ONCE),
  }
}
