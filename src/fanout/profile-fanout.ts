import { waitUntil } from 'cloudflare:workers'
import { type Directory, open } from '../directory/database'
import type { DmAccess } from '../directory/dm-access'
import * as dmAccess from '../directory/dm-access'
import type { FanoutTarget, PendingFanout } from '../directory/fanout-progress'
import * as fanoutProgress from '../directory/fanout-progress'
import * as edges from '../directory/social-edges'
import * as userAvatar from '../directory/user-avatar'
import { ApiError, rootOf } from '../errors'
import { removeStaleAvatars } from '../media/avatars'
import { ask } from '../room/client'

/** A user whose profile or DM access changed. The message has no values: its consumer reads the current ones. */
export interface FanoutMessage {
  userId: string
  /**
   * Set on every page but the first: the version that is fanned out, the last room of the page before, and
   * whether every room so far has it.
   */
  progress?: { version: number; after: string; complete: boolean }
}

const AVATAR_SWEEP_DELAY_SECONDS = 15 * 60
const PAGE = 100
const CONCURRENCY = 6
/** The last attempt at a page. It goes on to the next page even if rooms fail. */
const MAX_ATTEMPTS = 5
const MAX_DELAY_SECONDS = 300

/** Starts the fanout of a user's changes. If the queue is down, the next `sweepPending` starts it. */
export function enqueue(env: Pick<Env, 'PEOPLE'>, userId: string): void {
  waitUntil(env.PEOPLE.send({ userId } satisfies FanoutMessage).catch(logFailure))
}

/** What the consumer of the queue does with its messages. */
export async function consume(
  batch: Pick<MessageBatch<FanoutMessage>, 'messages'>,
  env: Env,
): Promise<void> {
  for (const message of batch.messages) {
    try {
      await sweepAvatars(env, message.body)
      await fanOutPage(env, message.body, message.attempts >= MAX_ATTEMPTS)
      message.ack()
    } catch (error) {
      logFailure(error)
      message.retry({ delaySeconds: Math.min(2 ** message.attempts, MAX_DELAY_SECONDS) })
    }
  }
}

/** Deletes avatars that the directory does not name: leftovers of uploads that broke off. */
async function sweepAvatars(
  { DB, MEDIA }: Env,
  { userId, progress }: FanoutMessage,
): Promise<void> {
  if (progress) return
  const directory = open(DB)
  const avatar = await userAvatar.find(directory, userId)
  await removeStaleAvatars(MEDIA, userId, avatar, Date.now())
}

/** Sweeps a user's avatars once more after an upload that begins now must have ended. Throws when the queue is down. */
export const scheduleAvatarSweep = (env: Pick<Env, 'PEOPLE'>, userId: string): Promise<unknown> =>
  env.PEOPLE.send({ userId } satisfies FanoutMessage, { delaySeconds: AVATAR_SWEEP_DELAY_SECONDS })

/**
 * The cron job: enqueues every user with a pending fanout, whose message was lost or ran out of attempts.
 * It is why there is no dead-letter queue: docs/decisions/0018-no-dead-letter-queue.md.
 */
export async function sweepPending(_: ScheduledController, env: Env): Promise<void> {
  const directory = open(env.DB)
  for (let after = ''; ; ) {
    const page = await fanoutProgress.listPending(directory, after, PAGE)
    const last = page.at(-1)
    if (!last) return
    await env.PEOPLE.sendBatch(
      page.map(({ id }) => ({ body: { userId: id } satisfies FanoutMessage })),
    )
    after = last.id
  }
}

/**
 * Updates one page of a user's rooms and enqueues the next page. Throws when a room fails, so that the page is
 * tried again, unless `isLastAttempt`.
 */
export async function fanOutPage(
  env: Pick<Env, 'DB' | 'PEOPLE' | 'ROOMS'>,
  { userId, progress }: FanoutMessage,
  isLastAttempt: boolean,
): Promise<void> {
  const directory = open(env.DB)
  const pending = await fanoutProgress.findPending(directory, userId)
  // A newer version has its own message, which starts at the first room.
  if (!pending || (progress && progress.version !== pending.version)) return
  if (pending.profile.deleted) while ((await edges.purgeSlice(directory, userId)).length > 0);
  const rooms = await fanoutProgress.listTargets(directory, userId, {
    onlyDirect: !pending.isProfilePending,
    after: progress?.after ?? '',
    limit: PAGE,
  })
  const accessByPeer = await dmAccessByPeer(directory, rooms, pending)
  const failure = await updateRooms(env.ROOMS, rooms, pending, accessByPeer)
  if (failure !== undefined && !isLastAttempt) throw failure
  const { version } = pending
  const complete = (progress?.complete ?? true) && failure === undefined
  const after = rooms[PAGE - 1]?.roomId
  if (after !== undefined) {
    const next: FanoutMessage = { userId, progress: { version, after, complete } }
    await env.PEOPLE.send(next)
  } else if (complete) {
    await fanoutProgress.markComplete(directory, pending)
  }
}

async function dmAccessByPeer(
  directory: Directory,
  rooms: FanoutTarget[],
  { profile, isDmAccessPending }: PendingFanout,
): Promise<Map<string, DmAccess>> {
  const peers = rooms.flatMap(({ peerId }) => peerId ?? [])
  if (!isDmAccessPending || peers.length === 0) return new Map()
  return dmAccess.read(directory, profile.id, peers)
}

/** Updates every room, and returns the last error if any failed. */
async function updateRooms(
  namespace: Env['ROOMS'],
  rooms: FanoutTarget[],
  { profile, isProfilePending }: PendingFanout,
  accessByPeer: Map<string, DmAccess>,
): Promise<unknown> {
  const waiting = rooms.values()
  let failure: unknown
  const worker = async () => {
    for (const { roomId, peerId } of waiting) {
      const access = peerId === null ? undefined : accessByPeer.get(peerId)
      try {
        if (isProfilePending) await ask(namespace, roomId, (room) => room.applyProfile(profile))
        if (access) await ask(namespace, roomId, (room) => room.applyDmAccess(access))
      } catch (error) {
        if (!isRoomGone(error)) failure = error
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
  return failure
}

/** Whether a room was deleted or never existed, so that there is nothing to update. */
export const isRoomGone = (error: unknown) =>
  error instanceof ApiError && error.code === 'not_found'

export function logFailure(error: unknown): void {
  const { name, message } = rootOf(error)
  console.error({ level: 'error', work: 'fanout', name, message })
}
