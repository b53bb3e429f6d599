import { waitUntil } from 'cloudflare:workers'
import { type Directory, open } from '../directory/database'
import type { DmAccess } from '../directory/dm-access'
import * as dmAccess from '../directory/dm-access'
import type { Destination, Spread } from '../directory/fanout-progress'
import * as fanoutProgress from '../directory/fanout-progress'
import * as profiles from '../directory/profiles'
import * as edges from '../directory/social-edges'
import * as userAvatar from '../directory/user-avatar'
import { ApiError } from '../errors'
import { removeStaleAvatars } from '../media/avatars'
import { ask } from '../room/client'

/** A user whose profile or contacts changed. It carries no values: they are read when it is received. */
export interface Changed {
  userId: string
  /** Where the telling of rooms goes on, and of which version. */
  rest?: { version: number; after: string; complete: boolean }
}

const SWEEP_SECONDS = 15 * 60
const PAGE = 100
const CONCURRENCY = 6
/** After so many, rooms that fail no longer hold up those behind them. */
const ATTEMPTS = 5
const MAX_DELAY_SECONDS = 300

/** Lets the rooms of a user know; should the queue be down, the sweep does. */
export function changed(env: Pick<Env, 'PEOPLE'>, userId: string): void {
  waitUntil(env.PEOPLE.send({ userId } satisfies Changed).catch(log))
}

/** The queue's consumer. */
export async function receive(batch: MessageBatch<Changed>, env: Env): Promise<void> {
  for (const message of batch.messages) {
    try {
      await sweepAvatars(env, message.body)
      await spread(env, message.body, message.attempts >= ATTEMPTS)
      message.ack()
    } catch (error) {
      log(error)
      message.retry({ delaySeconds: Math.min(2 ** message.attempts, MAX_DELAY_SECONDS) })
    }
  }
}

/** The bucket keeps the picture that the directory names, whatever broke off between the two. */
async function sweepAvatars({ DB, MEDIA }: Env, { userId, rest }: Changed): Promise<void> {
  if (rest) return
  const directory = open(DB)
  const [profile] = await profiles.find(directory, [userId])
  const current = await userAvatar.find(directory, userId)
  await removeStaleAvatars(MEDIA, userId, current, profile?.deleted === true, Date.now())
}

/** Looks after someone's pictures once more, when an upload that begins now is over. */
export const sweepLater = (env: Pick<Env, 'PEOPLE'>, userId: string): Promise<unknown> =>
  env.PEOPLE.send({ userId } satisfies Changed, { delaySeconds: SWEEP_SECONDS })

/** The cron's work: sends again whoever's rooms were not all told, because a message was lost or given up. */
export async function sweep(_: ScheduledController, env: Env): Promise<void> {
  const directory = open(env.DB)
  for (let after = ''; ; ) {
    const page = await fanoutProgress.list(directory, after, PAGE)
    const last = page.at(-1)
    if (!last) return
    await env.PEOPLE.sendBatch(page.map(({ id }) => ({ body: { userId: id } satisfies Changed })))
    after = last.id
  }
}

/** Tells one page of rooms and sends for the next. Throws while some fail, unless this is their last chance. */
export async function spread(
  env: Pick<Env, 'DB' | 'PEOPLE' | 'ROOMS'>,
  { userId, rest }: Changed,
  lastChance: boolean,
): Promise<void> {
  const directory = open(env.DB)
  const news = await fanoutProgress.find(directory, userId)
  // A newer version has a message of its own, from the first room on.
  if (!news || (rest && rest.version !== news.version)) return
  if (news.profile.deleted) while ((await edges.purge(directory, userId)).length > 0);
  const scope = { onlyDirect: !news.isProfileBehind }
  const rooms = await fanoutProgress.destinations(directory, userId, scope, rest?.after ?? '', PAGE)
  const failure = await tell(env.ROOMS, rooms, news, await contactsIn(directory, rooms, news))
  if (failure !== undefined && !lastChance) throw failure
  const { version } = news
  const complete = (rest?.complete ?? true) && failure === undefined
  const after = rooms[PAGE - 1]?.roomId
  if (after !== undefined) {
    await env.PEOPLE.send({ userId, rest: { version, after, complete } } satisfies Changed)
  } else if (complete) {
    await fanoutProgress.mark(directory, news)
  }
}

async function contactsIn(directory: Directory, rooms: Destination[], news: Spread) {
  const peers = rooms.flatMap(({ peerId }) => peerId ?? [])
  if (!news.areContactsBehind || peers.length === 0) return new Map<string, DmAccess>()
  return dmAccess.read(directory, news.profile.id, peers)
}

/** Answers the last failure, after every room had its turn. */
async function tell(
  namespace: Env['ROOMS'],
  rooms: Destination[],
  { profile, isProfileBehind }: Spread,
  contactOf: Map<string, DmAccess>,
): Promise<unknown> {
  const waiting = rooms.values()
  let failure: unknown
  const worker = async () => {
    for (const { roomId, peerId } of waiting) {
      const contact = peerId === null ? undefined : contactOf.get(peerId)
      try {
        if (isProfileBehind) await ask(namespace, roomId, (room) => room.applyProfile(profile))
        if (contact) await ask(namespace, roomId, (room) => room.applyContact(contact))
      } catch (error) {
        if (!isGone(error)) failure = error
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, worker))
  return failure
}

/** A room that is gone, or never was, has nobody to tell. */
export const isGone = (error: unknown) => error instanceof ApiError && error.code === 'not_found'

export function log(error: unknown): void {
  const { name, message } =
    error instanceof Error ? error : { name: 'Error', message: String(error) }
  console.error({ level: 'error', work: 'people', name, message })
}
