import { waitUntil } from 'cloudflare:workers'
import { type Directory, open } from '../directory/database'
import type { DmAccess } from '../directory/dm-access'
import * as dmAccess from '../directory/dm-access'
import type { FanoutTarget, PendingFanout } from '../directory/fanout-progress'
import * as fanoutProgress from '../directory/fanout-progress'
import * as profiles from '../directory/profiles'
import * as edges from '../directory/social-edges'
import * as userAvatar from '../directory/user-avatar'
import { ApiError } from '../errors'
import { removeStaleAvatars } from '../media/avatars'
import { ask } from '../room/client'

/** A user whose profile or contacts changed. It carries no values: they are read when it is received. */
export interface FanoutMessage {
  userId: string
  /** Where the telling of rooms goes on, and of which version. */
  progress?: { version: number; after: string; complete: boolean }
}

const AVATAR_SWEEP_DELAY_SECONDS = 15 * 60
const PAGE = 100
const CONCURRENCY = 6
/** After so many, rooms that fail no longer hold up those behind them. */
const ATTEMPTS = 5
const MAX_DELAY_SECONDS = 300

/** Lets the rooms of a user know; should the queue be down, the sweep does. */
export function enqueue(env: Pick<Env, 'PEOPLE'>, userId: string): void {
  waitUntil(env.PEOPLE.send({ userId } satisfies FanoutMessage).catch(logFailure))
}

/** The queue's consumer. */
export async function consume(batch: MessageBatch<FanoutMessage>, env: Env): Promise<void> {
  for (const message of batch.messages) {
    try {
      await sweepAvatars(env, message.body)
      await fanOutPage(env, message.body, message.attempts >= ATTEMPTS)
      message.ack()
    } catch (error) {
      logFailure(error)
      message.retry({ delaySeconds: Math.min(2 ** message.attempts, MAX_DELAY_SECONDS) })
    }
  }
}

/** The bucket keeps the picture that the directory names, whatever broke off between the two. */
async function sweepAvatars(
  { DB, MEDIA }: Env,
  { userId, progress }: FanoutMessage,
): Promise<void> {
  if (progress) return
  const directory = open(DB)
  const [profile] = await profiles.find(directory, [userId])
  const current = await userAvatar.find(directory, userId)
  await removeStaleAvatars(MEDIA, userId, current, profile?.deleted === true, Date.now())
}

/** Looks after someone's pictures once more, when an upload that begins now is over. */
export const scheduleAvatarSweep = (env: Pick<Env, 'PEOPLE'>, userId: string): Promise<unknown> =>
  env.PEOPLE.send({ userId } satisfies FanoutMessage, { delaySeconds: AVATAR_SWEEP_DELAY_SECONDS })

/** The cron's work: sends again whoever's rooms were not all told, because a message was lost or given up. */
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

/** Tells one page of rooms and sends for the next. Throws while some fail, unless this is their last chance. */
export async function fanOutPage(
  env: Pick<Env, 'DB' | 'PEOPLE' | 'ROOMS'>,
  { userId, progress }: FanoutMessage,
  lastChance: boolean,
): Promise<void> {
  const directory = open(env.DB)
  const news = await fanoutProgress.findPending(directory, userId)
  // A newer version has a message of its own, from the first room on.
  if (!news || (progress && progress.version !== news.version)) return
  if (news.profile.deleted) while ((await edges.purgeSlice(directory, userId)).length > 0);
  const scope = { onlyDirect: !news.isProfilePending }
  const rooms = await fanoutProgress.listTargets(
    directory,
    userId,
    scope,
    progress?.after ?? '',
    PAGE,
  )
  const failure = await updateRooms(
    env.ROOMS,
    rooms,
    news,
    await dmAccessByPeer(directory, rooms, news),
  )
  if (failure !== undefined && !lastChance) throw failure
  const { version } = news
  const complete = (progress?.complete ?? true) && failure === undefined
  const after = rooms[PAGE - 1]?.roomId
  if (after !== undefined) {
    await env.PEOPLE.send({
      userId,
      progress: { version, after, complete },
    } satisfies FanoutMessage)
  } else if (complete) {
    await fanoutProgress.markComplete(directory, news)
  }
}

async function dmAccessByPeer(directory: Directory, rooms: FanoutTarget[], news: PendingFanout) {
  const peers = rooms.flatMap(({ peerId }) => peerId ?? [])
  if (!news.isDmAccessPending || peers.length === 0) return new Map<string, DmAccess>()
  return dmAccess.read(directory, news.profile.id, peers)
}

/** Answers the last failure, after every room had its turn. */
async function updateRooms(
  namespace: Env['ROOMS'],
  rooms: FanoutTarget[],
  { profile, isProfilePending }: PendingFanout,
  contactOf: Map<string, DmAccess>,
): Promise<unknown> {
  const waiting = rooms.values()
  let failure: unknown
  const worker = async () => {
    for (const { roomId, peerId } of waiting) {
      const contact = peerId === null ? undefined : contactOf.get(peerId)
      try {
        if (isProfilePending) await ask(namespace, roomId, (room) => room.applyProfile(profile))
        if (contact) await ask(namespace, roomId, (room) => room.applyContact(contact))
      } catch (error) {
        if (!isRoomGone(error)) failure = error
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
  return failure
}

/** A room that is gone, or never was, has nobody to tell. */
export const isRoomGone = (error: unknown) =>
  error instanceof ApiError && error.code === 'not_found'

export function logFailure(error: unknown): void {
  const { name, message } =
    error instanceof Error ? error : { name: 'Error', message: String(error) }
  console.error({ level: 'error', work: 'people', name, message })
}
