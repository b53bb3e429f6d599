import { waitUntil } from 'cloudflare:workers'
import * as blocks from '../directory/blocks'
import { type Directory, open } from '../directory/database'
import * as relationView from '../directory/relation-view'
import type { UserPair } from '../directory/social-edges'
import * as users from '../directory/users'
import { rootOf } from '../errors'
import type { InboxUpdate } from '../schemas/inbox'
import type { Relation } from '../schemas/relations'
import type { User } from '../schemas/users'
import { publish, setBlocks } from './client'

type Bindings = Pick<Env, 'DB' | 'INBOXES'>

/** What each of two users is to the other, as the user (`own`) and the other (`theirs`) see it. */
interface Relations {
  own: Relation | undefined
  theirs: Relation | undefined
}

export async function readRelations(
  directory: Directory,
  { userId, otherId }: UserPair,
  now: number,
): Promise<Relations> {
  const [own, theirs] = await Promise.all([
    relationView.read(directory, userId, [otherId], now),
    relationView.read(directory, otherId, [userId], now),
  ])
  return { own: own.get(otherId), theirs: theirs.get(userId) }
}

/** Tells the devices of both what has changed between them since `before`, in the background. */
export function publishRelations(
  env: Bindings,
  pair: UserPair,
  before: Relations,
  now: number,
): void {
  const work = tell(env, pair, before, now).catch((error) => {
    console.error({ level: 'error', work: 'inbox', message: rootOf(error).message })
  })
  waitUntil(work)
}

async function tell(
  env: Bindings,
  { userId, otherId }: UserPair,
  before: Relations,
  now: number,
): Promise<void> {
  const directory = open(env.DB)
  const after = await readRelations(directory, { userId, otherId }, now)
  const people = new Map(
    (await users.findMany(directory, [userId, otherId])).map((user) => [user.id, user]),
  )
  const own = updatesOf(before.own, after.own, people.get(otherId))
  const theirs = updatesOf(before.theirs, after.theirs, people.get(userId))
  await Promise.all([
    own.length > 0 && publish(env, userId, own),
    theirs.length > 0 && publish(env, otherId, theirs),
    before.own?.blocked !== after.own?.blocked &&
      setBlocks(env, userId, await blocks.listIds(directory, userId)),
  ])
}

/** What a user is told of what another is to them. That they cannot message is told by no change: it may be a block. */
export function updatesOf(
  before: Relation | undefined,
  after: Relation | undefined,
  person: User | undefined,
): InboxUpdate[] {
  if (!before || !after || !person) return []
  const user = { ...person, relation: after }
  if (!before.friend && after.friend) return [{ type: 'friend.accepted', user }]
  if (before.request !== 'in' && after.request === 'in') return [{ type: 'friend.requested', user }]
  const hasEnded =
    (before.friend && !after.friend) || (before.request !== 'none' && after.request === 'none')
  if (hasEnded) return [{ type: 'friend.ended', user }]
  if (!before.followedBy && after.followedBy) return [{ type: 'followed', user }]
  const fields = ['request', 'following', 'followedBy', 'blocked'] as const
  return fields.some((field) => before[field] !== after[field])
    ? [{ type: 'relation.changed', user }]
    : []
}
