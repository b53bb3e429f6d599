import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { RoomWatch } from '../../src/inbox/room-watch'
import { eventually } from '../fixtures/eventually'
import { compareNow, openInbox } from '../fixtures/inbox'
import { befriend } from '../fixtures/relations'
import { createRoom } from '../fixtures/rooms'
import { createUsers, type User } from '../fixtures/users'
import { App, type Screen, shown } from './badge/app'
import { accepted, markerSteps, names, run, type Step, steps, type World } from './badge/commands'

// Rooms tell once a second, and an object with a timer is not evicted before it fired.
const HASTE = 20
beforeEach(() => {
  const { setTimeout } = globalThis
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((work: () => void, ms = 0) =>
    setTimeout(work, ms / HASTE)) as unknown as typeof setTimeout)
})
afterEach(() => vi.restoreAllMocks())

async function createWorld(): Promise<World> {
  const people = await createUsers('Ana', 'Bo', 'Cy', 'Di')
  const [ana, bo, cy] = people
  for (const user of people) {
    await user.patch('/v1/me', { addPolicy: 'everyone', messagePolicy: 'everyone' })
  }
  await befriend(ana, bo)
  const paths: string[] = []
  for (const access of ['open', 'closed']) {
    const { path } = await createRoom(ana, { access })
    for (const user of [bo, cy]) await ana.put(`${path}/members/${user.id}`)
    paths.push(path)
  }
  const apps: World['apps'] = []
  const open = async (user: User) => {
    apps.push(new App(user, await openInbox(user.token)))
  }
  for (const user of people) await open(user)
  return { people, paths, seqs: new Map(paths.map((path) => [path, []])), apps, open }
}

const LISTS = ['all', 'favourites', 'archived', 'direct', 'unread']

/** What the service answers whoever asks for it. */
async function answered(user: User): Promise<Screen> {
  const [unread, ...lists] = await Promise.all([
    user.get('/v1/me/unread'),
    ...LISTS.map((list) => user.get(`/v1/me/rooms?list=${list}&sort=recent&limit=50`)),
  ])
  return {
    unread: unread.body,
    lists: Object.fromEntries(LISTS.map((list, i) => [list, lists[i]?.body.items.map(shown)])),
  }
}

/** What the directory lacks is there afterwards. */
async function settle({ people, paths }: World): Promise<void> {
  for (const user of people) {
    const seen = paths.map((path) => `${path.slice('/v1/rooms/'.length)}:999999`)
    for (let i = 0; i < seen.length; i += 20)
      await user.get(`/v1/me/rooms?seen=${seen.slice(i, i + 20)}`)
  }
}

/** What an app shows is what the service answers, but for archived rooms that it never heard of. */
async function agrees(app: App): Promise<void> {
  const { user } = app
  const answer = await answered(user)
  const archived = answer.lists.archived?.filter(({ id }) => app.has(id))
  const expected = { ...answer, lists: { ...answer.lists, archived } }
  expect(await app.screen(), user.username).toEqual(expected)
  const { body } = await user.get('/v1/me/threads?unread=true&limit=100')
  expect(body.items, user.username).toHaveLength(answer.unread.threads)
}

async function holds(sequence: Step[]): Promise<void> {
  const world = await createWorld()
  const isForgetful = sequence.some(({ name }) => name === 'evictInbox')
  // What an inbox forgets before the directory has it, a device that opens meanwhile learns by the comparison only.
  const comparison = vi.spyOn(RoomWatch.prototype, 'compare').mockResolvedValue()
  for (const step of sequence) await run(world, step)
  await settle(world)
  comparison.mockRestore()
  if (isForgetful) for (const { id } of world.people) await compareNow(id)
  for (const app of world.apps) await eventually(() => agrees(app), 200)
  for (const user of world.people) await world.open(user)
  for (const app of world.apps.slice(-world.people.length)) await agrees(app)
  for (const { socket } of world.apps) socket.close()
}

it('badges and lists that an app keeps by frames alone are what GET answers, whatever happened', async () => {
  await fc.assert(fc.asyncProperty(steps, holds), {
    numRuns: env.THOROUGH ? 150 : 16,
    seed: 20261127,
    endOnFailure: true,
  })
  expect(names.filter((name) => !accepted.has(name))).toEqual([])
})

it('badges are right where little but markers moves', async () => {
  await fc.assert(fc.asyncProperty(markerSteps, holds), {
    numRuns: env.THOROUGH ? 150 : 10,
    seed: 20261128,
    endOnFailure: true,
  })
})
