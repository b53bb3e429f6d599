import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { assert, beforeEach, describe, expect, it, vi } from 'vitest'
import * as accountUpdate from '../src/directory/account-update'
import { open } from '../src/directory/database'
import * as fanoutProgress from '../src/directory/fanout-progress'
import * as profileFanout from '../src/fanout/profile-fanout'
import worker from '../src/index'
import { eventually } from './fixtures/eventually'
import { deliver, fakeFanout, insertMemberships } from './fixtures/fanout'
import { newMessage } from './fixtures/rooms'
import { registerCast } from './fixtures/scenario'
import { type RegisteredUser, registerUser } from './fixtures/users'

const directory = open(env.DB)

/** Renames a user without sending a message to the queue. */
async function rename({ id }: RegisteredUser, displayName: string) {
  await accountUpdate.apply(
    directory,
    { userId: id, sessionId: '' },
    { displayName },
    { cost: 4, now: Date.now() },
  )
}

const isFannedOut = async (id: string) =>
  (await fanoutProgress.findPending(directory, id)) === undefined
const numbered = (count: number) =>
  Array.from({ length: count }, (_, i) => `room-${String(i).padStart(4, '0')}`)

describe('the profile fanout', () => {
  let ana: RegisteredUser
  let fanout: ReturnType<typeof fakeFanout>
  beforeEach(async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    ana = await registerUser('ana')
    fanout = fakeFanout()
  })

  it('updates every room of the user, also rooms they left, and skips deleted rooms', async () => {
    await insertMemberships(ana.id, ['here', 'gone-room'])
    await insertMemberships(ana.id, ['left'], 1)
    await rename(ana, 'Ana')
    const { explicitAcks } = await deliver(fanout.env, { userId: ana.id })
    expect(explicitAcks).toEqual(['message'])
    expect([...fanout.profiles.keys()].sort()).toEqual(['here', 'left'])
    expect(fanout.profiles.get('left')).toMatchObject({
      id: ana.id,
      displayName: 'Ana',
      version: 2,
    })
    expect(await isFannedOut(ana.id)).toBe(true)
  })

  it('goes through the rooms in pages, with one message each', async () => {
    await insertMemberships(ana.id, numbered(250))
    await rename(ana, 'Ana')
    await deliver(fanout.env, { userId: ana.id })
    expect(fanout.profiles.size).toBe(100)
    expect(await isFannedOut(ana.id)).toBe(false)
    for (const body of fanout.sent) await deliver(fanout.env, body)
    expect([...fanout.profiles.keys()].sort()).toEqual(numbered(250))
    expect(fanout.sent).toHaveLength(2)
    expect(await isFannedOut(ana.id)).toBe(true)
  })

  it('tries again when a room failed', async () => {
    await insertMemberships(ana.id, numbered(3))
    await rename(ana, 'Ana')
    fanout.broken.add('room-0001')
    const failed = await deliver(fanout.env, { userId: ana.id })
    expect(failed).toMatchObject({ explicitAcks: [], retryMessages: [{ msgId: 'message' }] })
    expect([...fanout.profiles.keys()].sort()).toEqual(['room-0000', 'room-0002'])
    expect(await isFannedOut(ana.id)).toBe(false)
    fanout.broken.clear()
    expect((await deliver(fanout.env, { userId: ana.id }, 2)).explicitAcks).toEqual(['message'])
    expect(fanout.profiles.size).toBe(3)
    expect(await isFannedOut(ana.id)).toBe(true)
  })

  it('skips a room that keeps failing, and leaves the user to the sweep', async () => {
    await insertMemberships(ana.id, numbered(150))
    await rename(ana, 'Ana')
    fanout.broken.add('room-0001')
    await deliver(fanout.env, { userId: ana.id }, 5)
    for (const body of fanout.sent) await deliver(fanout.env, body)
    expect(fanout.profiles.size).toBe(149)
    expect(await isFannedOut(ana.id)).toBe(false)
  })

  it('stops at a page when a newer version has its own message', async () => {
    await insertMemberships(ana.id, numbered(150))
    await rename(ana, 'Ana')
    await deliver(fanout.env, { userId: ana.id })
    await rename(ana, 'Ana again')
    for (const body of fanout.sent) await deliver(fanout.env, body)
    expect(fanout.profiles.size).toBe(100)
    expect(await isFannedOut(ana.id)).toBe(false)
    fanout.sent.length = 0
    await deliver(fanout.env, { userId: ana.id })
    for (const body of fanout.sent) await deliver(fanout.env, body)
    const names = new Set([...fanout.profiles.values()].map(({ displayName }) => displayName))
    expect({ rooms: fanout.profiles.size, names }).toEqual({
      rooms: 150,
      names: new Set(['Ana again']),
    })
  })

  it('does not count a version as fanned out when it changed meanwhile', async () => {
    await rename(ana, 'Ana')
    const renamed = await fanoutProgress.findPending(directory, ana.id)
    assert(renamed)
    await fanoutProgress.markComplete(directory, renamed)
    await rename(ana, 'Ana again')
    await fanoutProgress.markComplete(directory, renamed)
    expect(await isFannedOut(ana.id)).toBe(false)
  })

  it('calls no room of a user who is up to date', async () => {
    await insertMemberships(ana.id, ['here'])
    await deliver(fanout.env, { userId: ana.id })
    expect(fanout.profiles.size).toBe(0)
  })
})

describe('the sweep', () => {
  it('enqueues every user with a pending fanout, and nobody else', async () => {
    const crowd = await Promise.all(Array.from({ length: 103 }, () => registerUser('crowd')))
    const [upToDate, ...behind] = crowd
    await Promise.all(behind.map((person) => rename(person, 'Behind')))
    const { env: staged, sent } = fakeFanout()
    await profileFanout.sweepPending(createScheduledController(), staged)
    const ids = sent.map(({ userId }) => userId)
    expect(ids).toEqual(expect.arrayContaining(behind.map(({ id }) => id)))
    expect(ids).not.toContain(upToDate?.id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

it('the cron runs the sweep', async () => {
  const ana = await registerUser('ana')
  await rename(ana, 'Ana')
  await worker.scheduled(createScheduledController(), env)
  await eventually(async () => expect(await isFannedOut(ana.id)).toBe(true))
})

describe('over HTTP', () => {
  it('a rename and then a deletion reach a room that the user wrote in and left', async () => {
    const [ana, bo] = await Promise.all([registerUser('ana'), registerUser('bo')])
    const { body: room } = await ana.post('/v1/rooms', { name: 'Harbour' })
    await bo.post(`/v1/rooms/${room.id}/messages`, newMessage('Ahoy'))
    await bo.delete(`/v1/rooms/${room.id}/members/@me`)
    const author = async () => (await ana.get(`/v1/rooms/${room.id}/messages`)).body.items[0].author
    await bo.patch('/v1/me', { displayName: 'Bo the Bold' })
    await eventually(async () => {
      expect(await author()).toMatchObject({ id: bo.id, displayName: 'Bo the Bold' })
    })
    await bo.delete('/v1/me')
    await eventually(async () => {
      const gone = { id: bo.id, username: null, displayName: 'deleted user', avatarUrl: null }
      expect(await author()).toEqual(gone)
    })
    await eventually(async () => expect(await isFannedOut(bo.id)).toBe(true))
  })

  it('a suspension reaches the rooms of its user', async () => {
    const { ana, bo, mo } = await registerCast()
    const { body: room } = await ana.post('/v1/rooms', { name: 'Harbour' })
    const messages = `/v1/rooms/${room.id}/messages`
    expect((await bo.post(messages, newMessage('Ahoy'))).status).toBe(201)
    const until = new Date(Date.now() + 3_600_000).toISOString()
    await mo.put(`/v1/users/${bo.id}/suspension`, { until })
    await eventually(async () => expect(await isFannedOut(bo.id)).toBe(true))
    expect((await bo.post(messages, newMessage('Buy'))).body.code).toBe('suspended')
    expect((await bo.get(messages)).status).toBe(200)
  })
})

it('a queue that is down is logged and breaks nothing else', async () => {
  const error = vi.spyOn(console, 'error').mockImplementation(() => {})
  const send = vi.fn().mockRejectedValue(new Error('The queue is down.'))
  profileFanout.enqueue({ ...env, PEOPLE: { send } as unknown as Env['PEOPLE'] }, 'someone')
  await eventually(() => {
    expect(error).toHaveBeenCalledWith(expect.objectContaining({ message: 'The queue is down.' }))
  })
})
