import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it, vi } from 'vitest'
import { stopClock } from '../fixtures/clock'
import { spyOnD1 } from '../fixtures/d1-spy'
import { compareNow, type InboxSocket, openInbox } from '../fixtures/inbox'
import { befriend } from '../fixtures/relations'
import { newMessage, roomStub } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { createUsers } from '../fixtures/users'

const SOON = { timeout: 5000 }

const inboxOf = (userId: string) => env.INBOXES.get(env.INBOXES.idFromName(userId))

const watchersOf = (roomId: string) =>
  runInDurableObject(
    roomStub(roomId),
    (_, { storage }) =>
      storage.sql.exec<{ count: number }>('select count(*) as count from watchers').one().count,
  )

const watched = (roomId: string) =>
  vi.waitFor(async () => expect(await watchersOf(roomId)).toBe(1), SOON)

/** The rooms that an inbox told whole after `ready`. */
const toldWhole = (inbox: InboxSocket) =>
  inbox.updates.flatMap((update) => ('room' in update ? [update.room.id] : []))

it('an archived room that a message brought back is told to a device that opens before the directory has it', async () => {
  const { ana, bo, room, path } = await createScenario()
  const phone = await openInbox(ana.token)
  await watched(room.id)
  await bo.post(`${path}/messages`, newMessage('one'))
  await ana.patch(`${path}/members/@me`, { archived: true })
  const d1 = spyOnD1()
  d1.fails = (parameters) => parameters.some((value) => String(value).includes(room.id))
  await bo.post(`${path}/messages`, newMessage('two'))
  await phone.update('activity', ({ n }) => n === 2)
  const desk = await openInbox(ana.token)
  d1.restore()
  expect(desk.ready?.rooms).toEqual([])
  const { room: told } = await desk.update('room.updated')
  expect(told).toMatchObject({ id: room.id, n: 2, me: { archived: false } })
})

it('a direct room told while no socket was open is told to who opens one before the directory has it', async () => {
  const [ana, bo] = await createUsers('Ana', 'Bo')
  await befriend(ana, bo)
  const { body: direct } = await ana.post(`/v1/direct/${bo.id}`)
  const d1 = spyOnD1()
  d1.fails = (parameters) => parameters.some((value) => String(value).includes(direct.id))
  await ana.post(`/v1/rooms/${direct.id}/messages`, newMessage('hi'))
  // The peer of the room cannot be read either.
  const inbox = await openInbox(bo.token)
  expect(inbox.ready?.rooms).toEqual([])
  d1.restore()
  await vi.waitFor(async () => {
    await ana.get(`/v1/me/rooms?seen=${direct.id}:999`)
    expect((await bo.get('/v1/me/rooms')).body.items).toHaveLength(1)
  }, SOON)
  await compareNow(bo.id)
  await vi.waitFor(() => expect(toldWhole(inbox)).toEqual([direct.id]), SOON)
})

it('a direct room whose peer could not be read comes with the next comparison, which comes soon', async () => {
  const [ana, bo] = await createUsers('Ana', 'Bo')
  await befriend(ana, bo)
  const { body: direct } = await ana.post(`/v1/direct/${bo.id}`)
  const inbox = await openInbox(bo.token)
  const d1 = spyOnD1()
  let refused = 0
  d1.fails = (parameters) => {
    const isPeer = parameters.includes(JSON.stringify([direct.id]))
    if (isPeer) refused += 1
    return isPeer
  }
  await ana.post(`/v1/rooms/${direct.id}/messages`, newMessage('hi'))
  await vi.waitFor(() => expect(refused).toBeGreaterThan(0), SOON)
  d1.restore()
  await ana.get(`/v1/me/rooms?seen=${direct.id}:999`)
  expect(toldWhole(inbox)).toEqual([])
  const clock = stopClock(Date.now() + 16_000)
  await runDurableObjectAlarm(inboxOf(bo.id))
  clock.restart()
  await vi.waitFor(() => expect(toldWhole(inbox)).toEqual([direct.id]), SOON)
})

it('a lease of somebody who is gone ends after an hour, though the inbox sleeps between any two messages', async () => {
  const { ana, bo, room, stub } = await createScenario()
  const inbox = await openInbox(ana.token)
  await watched(room.id)
  inbox.close()
  await vi.waitFor(
    () =>
      runInDurableObject(inboxOf(ana.id), (_, { storage }) =>
        expect(storage.sql.exec('select 1 from presence').toArray()).toHaveLength(1),
      ),
    SOON,
  )
  const clock = stopClock()
  for (let i = 0; i < 2; i += 1) {
    clock.advance(40 * 60_000)
    await evictDurableObject(inboxOf(ana.id))
    expect(await watchersOf(room.id)).toBe(1)
    await stub.postMessage({ userId: bo.id }, newMessage(`later ${i}`))
    await scheduler.wait(100)
  }
  clock.restart()
  await vi.waitFor(async () => expect(await watchersOf(room.id)).toBe(0), SOON)
})
