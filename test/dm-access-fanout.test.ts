import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import * as accountDeletion from '../src/directory/account-deletion'
import * as accountUpdate from '../src/directory/account-update'
import { open } from '../src/directory/database'
import { findOrReserve } from '../src/directory/direct-rooms'
import * as fanoutProgress from '../src/directory/fanout-progress'
import * as follows from '../src/directory/follows'
import { rooms } from '../src/directory/schema'
import * as dmAccessFanout from '../src/fanout/dm-access-fanout'
import { newId } from '../src/ids'
import { deliver, fakeFanout, insertMemberships } from './fixtures/fanout'
import { createUser, type User } from './fixtures/users'

const directory = open(env.DB)
/** The id of the direct room of two users. */
const directRoomOf = (one: { id: string }, other: { id: string }) =>
  findOrReserve(directory, { userId: one.id, otherId: other.id })

const isFannedOut = async ({ id }: User) =>
  (await fanoutProgress.findPending(directory, id)) === undefined

/** Inserts a direct room and its two members into the directory. */
async function openDirect(one: User, other: User): Promise<string> {
  const roomId = await directRoomOf(one, other)
  await directory.insert(rooms).values({
    id: roomId,
    version: 1,
    kind: 'direct',
    access: 'closed',
    listed: false,
    receipts: 'public',
    hasPassword: false,
    slowModeSeconds: 0,
    frozen: false,
    plainFiles: true,
    createdAt: 0,
    seq: 0,
    n: 0,
    memberCount: 2,
    lastMessageAt: 0,
  })
  for (const { id } of [one, other]) await insertMemberships(id, [roomId])
  return roomId
}

describe('a change of DM access', () => {
  let ana: User
  let bo: User
  let fanout: ReturnType<typeof fakeFanout>
  beforeEach(async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    ;[ana, bo] = await Promise.all([createUser('Ana'), createUser('Bo')])
    fanout = fakeFanout()
  })

  /** ana follows a user, as the route does it. */
  const follow = async (other: User) => {
    const pair = { userId: ana.id, otherId: other.id }
    await dmAccessFanout.updateDirectRoom(
      fanout.env,
      pair,
      await follows.follow(directory, pair, Date.now()),
    )
  }

  it('is in the direct room before the response, and leaves nothing pending', async () => {
    await bo.put(`/v1/me/following/${ana.id}`)
    const roomId = await directRoomOf(bo, ana)
    await follow(bo)
    const access = fanout.dmAccess.get(roomId)
    expect(access?.writers.toSorted()).toEqual([ana.id, bo.id].sort())
    expect(await isFannedOut(ana)).toBe(true)
    expect(fanout.sent).toEqual([])
  })

  it('goes to the queue when the room is down, and from there only to direct rooms', async () => {
    const roomId = await openDirect(ana, bo)
    await insertMemberships(ana.id, ['harbour'])
    fanout.broken.add(roomId)
    await follow(bo)
    expect(fanout.sent).toEqual([{ userId: ana.id }])
    expect(await isFannedOut(ana)).toBe(false)
    fanout.broken.clear()
    await deliver(fanout.env, { userId: ana.id })
    expect([...fanout.dmAccess.keys()]).toEqual([roomId])
    expect(fanout.profiles.size).toBe(0)
    expect(await isFannedOut(ana)).toBe(true)
  })

  it('does not complete an earlier change that is still pending', async () => {
    const cy = await createUser('Cy')
    fanout.broken.add(await directRoomOf(ana, bo))
    const withCy = await directRoomOf(ana, cy)
    await follow(bo)
    await follow(cy)
    expect(fanout.dmAccess.has(withCy)).toBe(true)
    expect(await isFannedOut(ana)).toBe(false)
    // The message of the earlier change gives up when it sees the newer version.
    expect(fanout.sent).toEqual([{ userId: ana.id }, { userId: ana.id }])
  })

  it('responds while the room hangs', async () => {
    await directRoomOf(ana, bo)
    const hanging = {
      ...fanout.env.ROOMS,
      get: () => ({ applyDmAccess: () => new Promise(() => {}) }),
    }
    const hung = { ...hanging, idFromName: (name: string) => name } as unknown as Env['ROOMS']
    const pair = { userId: ana.id, otherId: bo.id }
    const version = await follows.follow(directory, pair, Date.now())
    const wait = vi.spyOn(scheduler, 'wait').mockResolvedValue()
    await dmAccessFanout.updateDirectRoom({ ...fanout.env, ROOMS: hung }, pair, version)
    wait.mockRestore()
    expect(await isFannedOut(ana)).toBe(false)
  })

  it('by policy or by deletion reaches all direct rooms through the queue', async () => {
    const cy = await createUser('Cy')
    const roomIds = [await openDirect(ana, bo), await openDirect(ana, cy)].sort()
    const patch = { messagePolicy: 'everyone' as const }
    await accountUpdate.apply(directory, { userId: ana.id, sessionId: '' }, patch, {
      cost: 4,
      now: Date.now(),
    })
    await deliver(fanout.env, { userId: ana.id })
    expect([...fanout.dmAccess.keys()].sort()).toEqual(roomIds)
    expect(fanout.dmAccess.get(await directRoomOf(ana, cy))?.writers).toEqual([cy.id])
    await accountDeletion.apply(directory, ana.id, 'keep', Date.now())
    await deliver(fanout.env, { userId: ana.id })
    expect([...fanout.dmAccess.values()].map(({ writers }) => writers)).toEqual([[], []])
  })
})

it('the id of a direct room is the same for both users, different for every pair, and nobody can compute it', async () => {
  const [ana, bo, cy] = [newId(), newId(), newId()].map((id) => ({ id }))
  if (!ana || !bo || !cy) throw new Error('three users')
  const ids = await Promise.all([directRoomOf(ana, bo), directRoomOf(bo, ana)])
  expect(new Set(ids).size).toBe(1)
  expect(await directRoomOf(ana, cy)).not.toBe(ids[0])
  await env.DB.prepare('delete from direct_rooms where low = ?')
    .bind([ana.id, bo.id].sort()[0])
    .run()
  expect(await directRoomOf(ana, bo)).not.toBe(ids[0])
})
