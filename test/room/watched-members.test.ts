import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { eventually } from '../fixtures/eventually'
import { openInbox } from '../fixtures/inbox'
import { roomStub } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'

/** Waits until so many inboxes are told of what changes in a room. */
const areWatching = (roomId: string, count: number) =>
  eventually(() =>
    runInDurableObject(roomStub(roomId), (_, { storage }) =>
      expect(storage.sql.exec('select * from watchers').toArray()).toHaveLength(count),
    ),
  )

it('that a mute has ended by itself is told at once', async () => {
  const { ana, bo, room, path } = await createScenario()
  const inbox = await openInbox(bo.token)
  await areWatching(room.id, 1)
  const mutedUntil = new Date(Date.now() + 1500).toISOString()
  await ana.patch(`${path}/members/${bo.id}`, { mutedUntil })
  await inbox.update('room.updated', ({ room }) => room.me?.mutedUntil !== null)
  const count = inbox.of('room.updated').length
  for (let waited = 0; waited < 2000; waited += 100) await scheduler.wait(100)
  await runDurableObjectAlarm(roomStub(room.id))
  await eventually(() => expect(inbox.of('room.updated').length).toBeGreaterThan(count))
  expect(inbox.of('room.updated').at(-1)?.room.me?.mutedUntil).toBeNull()
})
