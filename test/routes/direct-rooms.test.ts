import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { eventually } from '../fixtures/eventually'
import { befriend, relationTo } from '../fixtures/relations'
import { newMessage } from '../fixtures/rooms'
import { registerCast } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'
import { createUser, type User } from '../fixtures/users'

const people = () => Promise.all([createUser('Ana'), createUser('Bo'), createUser('Cy')])
const post = (one: User, roomId: string) =>
  one.post(`/v1/rooms/${roomId}/messages`, newMessage('Ahoy'))

/** ana and bo are friends and have their room. */
async function two() {
  const [ana, bo, cy] = await people()
  await befriend(ana, bo)
  const { body: room } = await ana.post(`/v1/direct/${bo.id}`)
  return { ana, bo, cy, room }
}

/** The same, and bo has opened it too. */
async function both() {
  const set = await two()
  await set.bo.post(`/v1/direct/${set.ana.id}`)
  return set
}

describe('a direct room', () => {
  it('is made once, whoever of the two asks first', async () => {
    const [ana, bo] = await people()
    await befriend(ana, bo)
    const made = await ana.post(`/v1/direct/${bo.id}`)
    expect(made.status).toBe(201)
    expect(made.headers.get('Location')).toBe(`/v1/rooms/${made.body.id}`)
    const { id } = made.body
    expect(made.body).toMatchObject({
      kind: 'direct',
      access: 'closed',
      listed: false,
      memberCount: 2,
    })
    const found = await bo.post(`/v1/direct/${ana.id}`)
    expect(found.status).toBe(200)
    expect(found.body).toMatchObject({ id, peer: { id: ana.id }, me: { role: 'member' } })
    expect(made.body.peer).toEqual((await ana.get(`/v1/users/${bo.id}`)).body)
  })

  it('is one, also when both ask at the same moment', async () => {
    const [ana, bo] = await people()
    await befriend(ana, bo)
    const both = await Promise.all([
      ana.post(`/v1/direct/${bo.id}`),
      bo.post(`/v1/direct/${ana.id}`),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 201])
    expect(both[0].body.id).toBe(both[1].body.id)
    expect(both[0].body.memberCount).toBe(2)
  })

  it('is where the two talk, and stands in the lists of both with who the other is', async () => {
    const { ana, bo, room } = await two()
    expect((await post(ana, room.id)).status).toBe(201)
    expect((await post(bo, room.id)).status).toBe(201)
    const mine = (await ana.get(`/v1/me/rooms?seen=${room.id}:4`)).body.items
    expect(mine).toMatchObject([{ id: room.id, peer: { id: bo.id, relation: { friend: true } } }])
    expect(mine[0].me.capabilities).toContain('message.post')
    expect((await bo.get(`/v1/rooms/${room.id}`)).body.peer.id).toBe(ana.id)
  })

  it('is not in the list of the other until its first message, or until they open it too', async () => {
    const { ana, bo, cy, room } = await two()
    const listed = async (one: User, seen: string) =>
      (await one.get(`/v1/me/rooms?seen=${seen}:9`)).body.items.map(({ id }: { id: string }) => id)
    expect([await listed(ana, room.id), await listed(bo, room.id)]).toEqual([[room.id], []])
    await ana.post(`/v1/direct/${bo.id}`)
    expect(await listed(bo, room.id)).toEqual([])
    await post(ana, room.id)
    expect(await listed(bo, room.id)).toEqual([room.id])
    await befriend(bo, cy)
    const { body: other } = await cy.post(`/v1/direct/${bo.id}`)
    expect(await listed(bo, other.id)).toEqual([room.id])
    await bo.post(`/v1/direct/${cy.id}`)
    expect((await listed(bo, other.id)).sort()).toEqual([room.id, other.id].sort())
  })

  it('does not exist for the other until its first message, by whatever way they ask', async () => {
    const { ana, bo, room } = await two()
    const path = `/v1/rooms/${room.id}`
    const answers = await Promise.all([
      bo.get(path),
      bo.get(`${path}/messages`),
      bo.get(`${path}/members`),
      bo.get(`${path}/events?after=0`),
      bo.get(`${path}/search?q=ahoy`),
      bo.put(`${path}/members/@me`),
      bo.put(`${path}/read-marker`, { seq: 1 }),
      bo.patch(`${path}/members/@me`, { favourite: true }),
      bo.post(`${path}/media-token`),
    ])
    expect(answers.map(({ body }) => body.code)).toEqual(answers.map(() => 'not_found'))
    expect((await post(bo, room.id)).body.code).toBe('not_found')
    expect((await connect(bo.token, room.id)).closed).toMatchObject({ reason: 'not_found' })
    const { body } = await bo.post('/v1/me/sync', { rooms: { [room.id]: 0 } })
    expect(body.rooms[room.id]).toMatchObject({ problem: { code: 'not_found' } })
    expect((await ana.get(path)).status).toBe(200)
    await post(ana, room.id)
    expect((await bo.get(path)).body.peer.id).toBe(ana.id)
    expect((await bo.get(`${path}/messages`)).body.items).toHaveLength(1)
    expect((await connect(bo.token, room.id)).ready?.room.id).toBe(room.id)
  })

  it('lets the other write first, once they open it too', async () => {
    const { ana, bo, room } = await two()
    expect((await bo.post(`/v1/direct/${ana.id}`)).body.id).toBe(room.id)
    expect((await bo.get(`/v1/rooms/${room.id}`)).status).toBe(200)
    expect((await post(bo, room.id)).status).toBe(201)
    expect((await ana.get(`/v1/rooms/${room.id}/messages`)).body.items).toHaveLength(1)
  })

  it('does not exist for anyone else, nor in the list of rooms', async () => {
    const { cy, room } = await both()
    const { mo } = await registerCast()
    for (const other of [cy, mo]) {
      expect((await other.get(`/v1/rooms/${room.id}`)).body.code).toBe('not_found')
      expect((await post(other as User, room.id)).body.code).toBe('not_found')
      expect((await other.put(`/v1/rooms/${room.id}/members/@me`)).body.code).toBe('not_found')
    }
    const listed = (await cy.get('/v1/rooms')).body.items
    expect(listed.map(({ id }: { id: string }) => id)).not.toContain(room.id)
  })

  it('has no roles, no settings, no third, and is not left', async () => {
    const { ana, cy, bo, room } = await both()
    const path = `/v1/rooms/${room.id}`
    const refusals = await Promise.all([
      ana.patch(path, { name: 'Ours' }),
      ana.delete(path),
      ana.put(`${path}/members/${cy.id}`),
      ana.patch(`${path}/members/${bo.id}`, { role: 'admin' }),
      ana.delete(`${path}/members/${bo.id}`),
      ana.delete(`${path}/members/@me`),
    ])
    expect(refusals.map(({ body }) => body.code)).toEqual(refusals.map(() => 'forbidden'))
    expect((await ana.put(`${path}/members/@me`)).body.peer.id).toBe(bo.id)
  })

  it('is refused to the suspended, with oneself, and with nobody', async () => {
    const { ana, bo, mo } = await registerCast()
    await befriend(ana, bo)
    expect((await ana.post(`/v1/direct/${ana.id}`)).body.code).toBe('invalid')
    expect((await ana.post('/v1/direct/nobody')).body.code).toBe('not_found')
    await mo.put(`/v1/users/${ana.id}/suspension`, { until: '2999-01-01T00:00:00.000Z' })
    expect((await ana.post(`/v1/direct/${bo.id}`)).body.code).toBe('suspended')
    // The other way it waits to be read.
    expect((await bo.post(`/v1/direct/${ana.id}`)).status).toBe(201)
  })
})

describe('writing in a direct room', () => {
  const changes: [string, (ana: User, bo: User) => Promise<unknown>][] = [
    ['an end of friendship', (ana, bo) => ana.delete(`/v1/me/friends/${bo.id}`)],
    ['a block', (ana, bo) => ana.put(`/v1/me/blocks/${bo.id}`)],
  ]

  it.each(changes)('closes for both with %s, at once', async (_, change) => {
    const { ana, bo, room } = await both()
    const { body: message } = await post(bo, room.id)
    const socket = await connect(bo.token, room.id)
    await change(ana, bo)
    expect((await post(ana, room.id)).body.code).toBe('not_connected')
    const refused = await post(bo, room.id)
    expect([refused.status, refused.body.code]).toEqual([403, 'not_connected'])
    const path = `/v1/rooms/${room.id}`
    const edit = await bo.patch(`${path}/messages/${message.seq}`, { text: 'Hear me' })
    expect(edit.body.code).toBe('not_connected')
    const { body } = await bo.get(path)
    expect(body.me.capabilities).not.toContain('message.post')
    expect(body.me.capabilities).toContain('room.read')
    const listed = (await bo.get('/v1/me/rooms')).body.items[0].me.capabilities
    expect(listed.toSorted()).toEqual(body.me.capabilities.toSorted())
    expect((await socket.event(message.seq + 1)).type).toBe('room.changed')
    socket.send({ do: 'message.post', ref: 1, ...newMessage('And now?') })
    expect(await socket.answer(1)).toMatchObject({ problem: { code: 'not_connected' } })
  })

  it('closes alike by a block and by an end of friendship, event for event', async () => {
    const told = await Promise.all(
      changes.map(async ([, change]) => {
        const { ana, bo, room } = await both()
        await change(ana, bo)
        const { body } = await bo.get(`/v1/rooms/${room.id}/events?after=0`)
        const text = JSON.stringify(body.items)
          .replaceAll(ana.id, 'ana')
          .replaceAll(ana.id.slice(-12), 'ana')
          .replaceAll(bo.id, 'bo')
          .replaceAll(bo.id.slice(-12), 'bo')
          .replaceAll(room.id, 'room')
        return text.replace(/"\d{4}-\d\d-\d\dT[^"]+"/g, '""')
      }),
    )
    expect(told[0]).toBe(told[1])
  })

  it('opens again when the two connect again', async () => {
    const { ana, bo, room } = await both()
    await ana.delete(`/v1/me/friends/${bo.id}`)
    expect((await bo.post(`/v1/direct/${ana.id}`)).body.code).toBe('not_connected')
    await befriend(bo, ana)
    expect((await post(ana, room.id)).status).toBe(201)
    expect((await post(bo, room.id)).status).toBe(201)
  })

  it('follows a change of policy, for one side', async () => {
    const { ana, bo, room } = await both()
    await ana.patch('/v1/me', { messagePolicy: 'nobody' })
    await eventually(async () => expect((await post(bo, room.id)).body.code).toBe('not_connected'))
    expect((await post(ana, room.id)).status).toBe(201)
  })

  it('ends with the account of the other', async () => {
    const { ana, bo, room } = await both()
    await bo.delete('/v1/me')
    await eventually(async () => expect((await post(ana, room.id)).body.code).toBe('not_connected'))
    expect((await ana.get(`/v1/rooms/${room.id}`)).body.peer.displayName).toBe('deleted user')
    expect((await ana.post(`/v1/direct/${bo.id}`)).body.code).toBe('not_found')
  })

  it('ignores an older version of the DM access', async () => {
    const { ana, bo, room } = await both()
    const stub = env.ROOMS.get(env.ROOMS.idFromName(room.id))
    await stub.applyDmAccess({ version: 1, writers: [] })
    expect((await post(ana, room.id)).status).toBe(201)
    await stub.applyDmAccess({ version: 1000, writers: [] })
    await stub.applyDmAccess({ version: 999, writers: [ana.id, bo.id] })
    expect((await post(ana, room.id)).body.code).toBe('not_connected')
  })
})

describe('two of whom one may not write to the other', () => {
  it('see neither presence, typing nor read marker of each other, by a block as by an end of friendship', async () => {
    const told = await Promise.all(
      [
        (ana: User, bo: User) => ana.put(`/v1/me/blocks/${bo.id}`),
        (ana: User, bo: User) => ana.delete(`/v1/me/friends/${bo.id}`),
      ].map(async (close) => {
        const { ana, bo, room } = await both()
        const path = `/v1/rooms/${room.id}`
        const { body: posted } = await post(ana, room.id)
        const [a, b] = [await connect(ana.token, room.id), await connect(bo.token, room.id)]
        await a.until(() => a.live.find((l) => l.type === 'presence' && l.userId === bo.id))
        await close(ana, bo)
        const gone = (l: { type: string; userId?: string | null; online?: boolean | null }) =>
          l.type === 'presence' && l.userId !== null && l.online === false
        const [left, alsoLeft] = [
          await a.until(() => a.live.find(gone)),
          await b.until(() => b.live.find(gone)),
        ]
        expect(left).toEqual({ type: 'presence', userId: bo.id, online: false, count: 1 })
        expect(alsoLeft).toEqual({ type: 'presence', userId: ana.id, online: false, count: 1 })

        const seen = a.live.length
        b.send({ do: 'read.mark', ref: 'mark', seq: posted.seq })
        b.send({ do: 'typing', ref: 'typing' })
        expect(await b.answer('mark')).toMatchObject({ seq: posted.seq })
        expect(await b.answer('typing')).toMatchObject({ problem: { code: 'not_connected' } })
        b.close()
        const again = await connect(bo.token, room.id)
        expect(again.frames[0]).toMatchObject({ ready: { online: { count: 1, users: [bo.id] } } })
        const { body: members } = await ana.get(`${path}/members`)
        const shown = members.items.map((m: Record<string, unknown> & { user: User }) => [
          m.user.id === ana.id,
          m.online,
          m.readSeq ?? null,
        ])
        // What ana is told meanwhile is about ana alone.
        expect(a.live.slice(seen).filter((l) => l.userId !== ana.id)).toEqual([])
        return shown
      }),
    )
    expect(told[0]).toEqual(told[1])
    expect(told[0]).toContainEqual([true, true, null])
    expect(told[0]).toContainEqual([false, false, null])
  })

  it('see each other again when it opens', async () => {
    const { ana, bo, room } = await both()
    const [a, b] = [await connect(ana.token, room.id), await connect(bo.token, room.id)]
    await b.until(() => b.live.length > 0)
    await ana.delete(`/v1/me/friends/${bo.id}`)
    await a.until(() => a.live.find((l) => l.type === 'presence' && l.online === false))
    const seen = a.live.length
    await befriend(ana, bo)
    const back = { type: 'presence', userId: bo.id, online: true, count: 2 }
    expect(await a.until(() => a.live.slice(seen).find((l) => l.type === 'presence'))).toEqual(back)
  })
})

it('a message refused by policy and one refused by a block are answered the same', async () => {
  const [ana, bo, cy] = await people()
  await ana.patch('/v1/me', { messagePolicy: 'everyone' })
  await ana.put(`/v1/me/blocks/${bo.id}`)
  const blocked = await bo.post(`/v1/direct/${ana.id}`)
  const closed = await bo.post(`/v1/direct/${cy.id}`)
  const { requestId: _, ...problem } = blocked.body
  expect(closed.body).toMatchObject(problem)
  expect(problem).toMatchObject({ status: 403, code: 'not_connected' })
  expect((await relationTo(bo, ana)).canMessage).toBe(false)
})
