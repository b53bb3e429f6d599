import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { PROTOCOL } from '../../src/schemas/socket'
import { eventually } from '../fixtures/eventually'
import { openInbox } from '../fixtures/inbox'
import { befriend } from '../fixtures/relations'
import { newMessage, roomStub } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { fetchService } from '../fixtures/service'
import { createUsers, type User } from '../fixtures/users'

// A client may leave a close unanswered. The runtime then keeps the socket, and gives it back when the object wakes.

const inboxOf = ({ id }: { id: string }) => env.INBOXES.get(env.INBOXES.idFromName(id))

async function openStubbornly(path: string, { token }: User) {
  const { webSocket } = await fetchService(path, {
    headers: { Upgrade: 'websocket', 'Sec-WebSocket-Protocol': `${PROTOCOL}, bearer.${token}` },
  })
  const socket = webSocket as WebSocket
  const codes: number[] = []
  let isReady = false
  socket.addEventListener('message', () => {
    isReady = true
  })
  socket.addEventListener('close', ({ code }) => codes.push(code))
  socket.accept({ allowHalfOpen: true })
  await eventually(() => expect(isReady).toBe(true))
  return { socket, codes }
}

/** Ends the session, and waits until its sockets were closed. What would be closed again in a few seconds is not. */
async function logOut(user: User, codes: number[]): Promise<void> {
  const { sid } = JSON.parse(atob(user.token.split('.')[1] ?? ''))
  await inboxOf(user).endSessions([sid], Date.now() + 600_000)
  await eventually(() => expect(codes).toEqual([4401]))
  await runInDurableObject(inboxOf(user), (_, { storage }) =>
    storage.sql.exec('delete from closures'),
  )
}

it('who was logged out posts nothing over the socket of a room', async () => {
  const { ana, bo, room, path } = await createScenario()
  const { socket, codes } = await openStubbornly(`/v1/rooms/${room.id}/socket`, bo)
  await logOut(bo, codes)
  for (const text of ['awake', 'woken', 'woken again']) {
    socket.send(JSON.stringify({ do: 'message.post', ref: text, ...newMessage(text) }))
    await scheduler.wait(200)
    await evictDurableObject(roomStub(room.id))
  }
  expect((await ana.get(`${path}/messages`)).body.items).toEqual([])
})

it('who was logged out moves no marker over the socket of an inbox', async () => {
  const { ana, bo, room, path } = await createScenario()
  const { body } = await ana.post(`${path}/messages`, newMessage('hi'))
  const { socket, codes } = await openStubbornly('/v1/me/socket', bo)
  await logOut(bo, codes)
  for (let wakes = 0; wakes < 2; wakes += 1) {
    await evictDurableObject(inboxOf(bo))
    socket.send(JSON.stringify({ do: 'read.mark', ref: wakes, roomId: room.id, seq: body.seq }))
    await scheduler.wait(200)
  }
  const read = await runInDurableObject(roomStub(room.id), (_, { storage }) =>
    storage.sql.exec('select read_seq from members where user_id = ?', bo.id).one(),
  )
  expect(read.read_seq).toBeLessThan(body.seq)
})

it('who was logged out is offline to others', async () => {
  const [ana, bo] = await createUsers('Ana', 'Bo')
  await befriend(ana, bo)
  const { body } = await ana.post(`/v1/direct/${bo.id}`)
  await ana.post(`/v1/rooms/${body.id}/messages`, newMessage('hi'))
  const inbox = await openInbox(ana.token)
  const { codes } = await openStubbornly('/v1/me/socket', bo)
  await eventually(() => expect(inbox.of('presence').at(-1)).toMatchObject({ online: true }))
  await logOut(bo, codes)
  for (let wakes = 0; wakes < 2; wakes += 1) {
    await evictDurableObject(inboxOf(bo))
    await runInDurableObject(inboxOf(bo), (_, { storage }) =>
      storage.sql.exec('update presence set due_at = 1 where due_at is not null'),
    )
    await runDurableObjectAlarm(inboxOf(bo))
    await scheduler.wait(200)
  }
  expect(inbox.of('presence').at(-1)).toMatchObject({ online: false })
})
