import { open } from '../directory/database'
import { ApiError } from '../errors'
import { parseRateLimit } from '../rate-limit/token-bucket'
import type { Event } from '../schemas/events'
import * as people from './commands/apply-profile'
import { Flush } from './commit/commit-queue'
import { Presence } from './connections/presence'
import { Sockets } from './connections/socket-registry'
import { Admission } from './policy/profile-loader'
import * as State from './state/room-state'
import * as jobs from './store/jobs'
import * as members from './store/members'
import * as storage from './store/schema'
import { Outbox } from './sync/directory-sync'

// Keeps the largest frame near a megabyte; only a burst of long messages has more than one.
const EVENTS_PER_FRAME = 256

// Sockets are swept at most this often; using one checks its token anyway.
const SWEEP_MS = 5 * 60_000
// Being here again within a minute is the same visit.
const VISIT_MS = 60_000

/** A room that exists, awake: its state and the parts around it. */
export interface Assembly {
  state: State.State
  admission: Admission
  sockets: Sockets
  presence: Presence
  flush: Flush<WebSocket>
  outbox: Outbox
  /** Remembers that a member was here. */
  visit: (userId: string, now: number) => void
  /** Ends sockets whose time is over, and comes back when the next one's is. */
  sweepSockets: (now: number) => void
  /** Verifies access tokens. */
  secret: string
  /** Where the bytes of media are. */
  bucket: Env['MEDIA']
}

/** Puts the parts together from what is stored and from the sockets that slept through. */
export function assemble(ctx: DurableObjectState, env: Env): Assembly {
  storage.migrate(ctx.storage)
  const state = State.load(ctx.storage, limitsOf(env))
  const directory = open(env.DB)
  const sockets = new Sockets(ctx, (userId) => presence.changed(userId))
  const presence = new Presence(sockets, (live) => sockets.broadcast({ live }, Date.now()))
  const outbox = new Outbox({
    storage: ctx.storage,
    directory,
    state,
    waitUntil: (work) => ctx.waitUntil(work),
    confirm: async (profiles) => {
      for (const profile of profiles) {
        await flush.ask(() => people.apply(state, sockets, profile, Date.now()))
      }
    },
  })
  const flush = new Flush<WebSocket>({
    transaction: (work, isAtomic) => {
      if (state.isDeleted) throw new ApiError('not_found', 'There is no such room.')
      return isAtomic ? work() : ctx.storage.transactionSync(work)
    },
    checkpoint: () => State.checkpoint(state),
    broadcast: ({ events, live }) => {
      const now = Date.now()
      if (events.length > 0 || !state.activity.isEmpty) outbox.touch(now)
      for (const frame of frames(events)) sockets.broadcast(frame, now)
      if (live.length > 0) sockets.broadcast({ live }, now)
    },
    reply: (socket, answers) => sockets.send(socket, { answers }, Date.now()),
    // A timer of 0 ms would be kept for more than a millisecond. When a commit fails, the runtime ends the object.
    schedule: (work) => void ctx.storage.sync().then(work, work),
  })
  const visit = (userId: string, now: number) => {
    const person = members.find(state.sql, userId)
    if (!person?.role || now - state.activity.apply(person).visitedAt < VISIT_MS) return
    state.activity.visited(userId, now)
    outbox.touch(now)
  }
  const sweepSockets = (now: number) => {
    const next = sockets.sweep(now)
    if (next === null) return jobs.remove(ctx.storage, 'sockets', '')
    const dueAt = Math.max(next, now + SWEEP_MS)
    if (!jobs.has(ctx.storage.sql, 'sockets', now)) jobs.put(ctx.storage, 'sockets', '', dueAt)
  }
  const admission = new Admission(state, directory)
  return {
    state,
    admission,
    sockets,
    presence,
    flush,
    outbox,
    visit,
    sweepSockets,
    secret: env.TOKEN_SECRET,
    bucket: env.MEDIA,
  }
}

function limitsOf(env: Env): State.Limits {
  return {
    posts: parseRateLimit('posts', env.POSTS_PER_SECOND, env.POSTS_AT_ONCE),
    frames: parseRateLimit('frames', env.FRAMES_PER_SECOND, env.FRAMES_AT_ONCE),
    searches: parseRateLimit('searches', env.SEARCHES_PER_SECOND, env.SEARCHES_AT_ONCE),
  }
}

/** Events in frames of bounded size. */
export function* frames(events: Event[]): Generator<{ events: Event[] }> {
  for (let start = 0; start < events.length; start += EVENTS_PER_FRAME) {
    yield { events: events.slice(start, start + EVENTS_PER_FRAME) }
  }
}
