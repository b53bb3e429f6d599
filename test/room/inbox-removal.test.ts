import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { openInbox } from '../fixtures/inbox'
import { createRoom, newMessage } from '../fixtures/rooms'
import { createUsers, type User } from '../fixtures/users'

const RACES = env.THOROUGH ? 1000 : 20

const sessionOf = (token: string): string => JSON.parse(atob(token.split('.')[1] ?? '')).sid

const ways: ((path: string, by: User, user: User) => Promise<unknown>)[] = [
  (path, by, user) => by.delete(`${path}/members/${user.id}`),
  (path, by, user) => by.put(`${path}/bans/${user.id}`, {}),
  (path, _, user) => user.delete(`${path}/members/@me`),
]

/** The seq of the event that ended a membership. */
async function endOf(path: string, by: User, userId: string): Promise<number> {
  const { body } = await by.get(`${path}/events?after=0&limit=100`)
  const ends = ['member.left', 'member.removed', 'member.banned']
  const ended = body.items.find(
    (event: { type: string; member?: { user: { id: string } } }) =>
      ends.includes(event.type) && event.member?.user.id === userId,
  )
  return ended.seq
}

it('who is removed, banned or leaves while others write hears of nothing later in their inbox', async () => {
  for (let race = 0; race < RACES; race += 1) {
    const [ana, bo] = await createUsers('Ana', 'Bo')
    const { path } = await createRoom(ana, { access: race % 2 ? 'open' : 'closed' })
    await bo.patch('/v1/me', { addPolicy: 'everyone' })
    await ana.put(`${path}/members/${bo.id}`)
    const inbox = await openInbox(bo.token)
    const post = (i: number) => ana.post(`${path}/messages`, newMessage(`message ${i}`))
    const writing = Array.from({ length: 3 + (race % 7) }, (_, i) => post(i))
    const ending = ways[race % ways.length]?.(path, ana, bo)
    await Promise.all([...writing, ending])
    await post(99)
    await inbox.update('room.removed')
    // Whatever is late comes before a word that is said afterwards.
    const { path: next } = await createRoom(bo)
    await inbox.update('room.added', ({ room }) => next.endsWith(room.id))
    const last = await endOf(path, ana, bo.id)
    const roomId = path.split('/').at(-1)
    const seqs = inbox.updates.flatMap((update) => {
      if (update.type === 'activity' && update.roomId === roomId) return [update.seq]
      return 'room' in update && update.room.id === roomId ? [update.room.seq] : []
    })
    expect(Math.max(0, ...seqs), `race ${race}`).toBeLessThanOrEqual(last)
    inbox.close()
  }
})

it('who is logged out while others write hears nothing any more', async () => {
  for (let race = 0; race < RACES; race += 1) {
    const [ana, bo] = await createUsers('Ana', 'Bo')
    const { path } = await createRoom(ana)
    await bo.put(`${path}/members/@me`)
    const inbox = await openInbox(bo.token)
    const stub = env.INBOXES.get(env.INBOXES.idFromName(bo.id))
    const post = (i: number) => ana.post(`${path}/messages`, newMessage(`message ${i}`))
    const writing = Array.from({ length: 5 }, (_, i) => post(i))
    await Promise.all([...writing, stub.endSessions([sessionOf(bo.token)], Date.now() + 60_000)])
    await inbox.end()
    const heard = inbox.frames.length
    await post(99)
    await stub.isAlive('another')
    expect(inbox.frames.length, `race ${race}`).toBe(heard)
    expect((await openInbox(bo.token)).closed?.code).toBe(4401)
  }
})
