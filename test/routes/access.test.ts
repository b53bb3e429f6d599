import { expect, it } from 'vitest'
import type { Reply } from '../fixtures/api'
import { stopClock } from '../fixtures/clock'
import { putAvatar } from '../fixtures/media'
import { newMessage } from '../fixtures/rooms'
import { connect } from '../fixtures/socket'
import { createUser, type User } from '../fixtures/users'

const TUS = { headers: { 'Tus-Resumable': '1.0.0' } }

async function closed(settings: Record<string, unknown> = {}) {
  const [ana, bo, cy] = await Promise.all([createUser('Ana'), createUser('Bo'), createUser('Cy')])
  const { body: room } = await ana.post('/v1/rooms', {
    access: 'closed',
    name: 'Vault',
    ...settings,
  })
  const path = `/v1/rooms/${room.id}`
  const enter = (who: User, keys?: unknown) => who.put(`${path}/members/@me`, keys)
  return { ana, bo, cy, room, path, enter }
}

it('a closed unlisted room does not exist for outsiders, over HTTP or the socket', async () => {
  const { bo, room, path, enter } = await closed()
  expect(room).toMatchObject({ access: 'closed', listed: false })
  for (const refused of [
    await bo.get(path),
    await bo.get(`${path}/messages`),
    await bo.get(`${path}/members`),
    await bo.get(`${path}/events?after=0`),
    await bo.post(`${path}/messages`, newMessage('hello?')),
    await bo.patch(path, { name: 'Mine' }),
    await bo.put(`${path}/bans/${bo.id}`, {}),
    await enter(bo),
    await enter(bo, { password: 'guess' }),
    await enter(bo, { invite: `${room.id}.guess` }),
  ]) {
    expect([refused.status, refused.body.code]).toEqual([404, 'not_found'])
  }
  expect((await (await connect(bo.token, room.id)).end()).code).toBe(4404)
})

it('a closed listed room shows itself from outside and nothing more', async () => {
  const { ana, bo, path, enter } = await closed({ listed: true, topic: 'Secrets' })
  await ana.post(`${path}/messages`, newMessage('a secret'))
  const seen = await bo.get(path)
  expect(seen.body).toMatchObject({ name: 'Vault', topic: 'Secrets', me: null, lastMessage: null })
  expect((await bo.get(`${path}/messages`)).body.code).toBe('forbidden')
  expect((await bo.post(`${path}/messages`, newMessage('hm'))).body.code).toBe('forbidden')
  expect((await enter(bo)).body.code).toBe('forbidden')
})

it('users on the allowlist may join, and lose access when they are taken off it', async () => {
  const { ana, bo, cy, room, path, enter } = await closed()
  expect((await ana.put(`${path}/allowlist/${bo.id}`)).status).toBe(204)
  expect((await enter(bo)).status).toBe(200)
  expect((await enter(cy)).status).toBe(404)
  expect((await bo.get(`${path}/allowlist`)).body.code).toBe('forbidden')
  expect((await ana.get(`${path}/allowlist`)).body.items).toMatchObject([{ user: { id: bo.id } }])
  const socket = await connect(bo.token, room.id)
  expect((await ana.delete(`${path}/allowlist/${bo.id}`)).status).toBe(204)
  expect((await socket.end()).code).toBe(4403)
  expect((await bo.get(path)).status).toBe(404)
})

it('a password lets users join; changing it keeps the members; attempts are limited', async () => {
  const { ana, bo, cy, room, path, enter } = await closed({ password: 'low tide', listed: true })
  expect(room.hasPassword).toBe(true)
  expect(JSON.stringify(room)).not.toMatch(/scrypt|low tide/)
  stopClock()
  expect((await enter(bo, { password: 'high tide' })).body.code).toBe('wrong_password')
  expect((await enter(bo, { password: 'low tide' })).body.me.role).toBe('member')
  await ana.patch(path, { password: 'high tide' })
  expect((await bo.get(path)).status).toBe(200)
  expect((await enter(cy, { password: 'low tide' })).body.code).toBe('wrong_password')
  for (let i = 0; i < 4; i += 1) await enter(cy, { password: 'guess' })
  const limited = await enter(cy, { password: 'high tide' })
  expect([limited.status, limited.body.code]).toEqual([429, 'rate_limited'])
  expect(Number(limited.headers.get('Retry-After'))).toBeGreaterThan(0)
  expect((await ana.patch(path, { password: null })).body.hasPassword).toBe(false)
})

it('to someone who tries passwords, an unlisted room looks like one that does not exist', async () => {
  const { bo, cy, path, enter } = await closed({ password: 'low tide' })
  const problemOf = ({ status, body: { requestId: _, ...problem } }: Reply) => ({ status, problem })
  const nowhere = `/v1/rooms/${crypto.randomUUID()}`
  for (let guess = 0; guess < 7; guess += 1) {
    const here = await enter(bo, { password: `guess ${guess}` })
    const there = await cy.put(`${nowhere}/members/@me`, { password: `guess ${guess}` })
    expect(problemOf(here)).toEqual(problemOf(there))
    expect(here.body.code).toBe('not_found')
  }
  const pairs = [
    ['/uploads/', await bo.get(`${path}/uploads/${path.slice(10)}.x`, TUS)],
    ['/uploads/', await bo.get(`${nowhere}/uploads/${nowhere.slice(10)}.x`, TUS)],
  ] as const
  expect(problemOf(pairs[0][1])).toEqual(problemOf(pairs[1][1]))
  const [known, unknown] = await Promise.all([
    bo.get(`/v1/invites/${path.slice(10)}.zzzz`),
    bo.get(`/v1/invites/${nowhere.slice(10)}.zzzz`),
  ])
  expect(problemOf(known)).toEqual(problemOf(unknown))
  const lists = await Promise.all(
    [path, nowhere].map((at) => bo.get(`/v1/me/rooms?seen=${at.slice(10)}:0`)),
  )
  expect(lists.map(({ status, body }) => [status, body.items])).toEqual([
    [200, []],
    [200, []],
  ])
})

it('a password that changed during a join does not open', async () => {
  const { ana, bo, path, enter } = await closed({ password: 'low tide' })
  const [joined] = await Promise.all([
    enter(bo, { password: 'low tide' }),
    ana.patch(path, { password: 'high tide' }),
  ])
  const { body } = await ana.get(`${path}/members`)
  expect(body.items.length).toBe(joined.status === 200 ? 2 : 1)
  expect([200, 403, 404]).toContain(joined.status)
})

it('an invite shows the room, opens it as often as it says, and ends when revoked', async () => {
  const { ana, bo, cy, room, path, enter } = await closed()
  const { avatarUrl } = (await putAvatar(ana, `${path}/avatar`)).body
  const { body: invite } = await ana.post(`${path}/invites`, { maxUses: 1 })
  expect(invite.code).toContain(room.id)
  expect((await bo.get(`/v1/invites/${invite.code}`)).body).toMatchObject({
    room: { name: 'Vault', avatarUrl, memberCount: 1 },
    by: { id: ana.id },
  })
  const both = await Promise.all([
    enter(bo, { invite: invite.code }),
    enter(cy, { invite: invite.code }),
  ])
  expect(both.map(({ status }) => status).sort()).toEqual([200, 410])
  const { body: list } = await ana.get(`${path}/invites`)
  expect(list.items[0]).toMatchObject({ uses: 1, usedBy: [{ id: expect.any(String) }] })
  expect(JSON.stringify(list)).not.toContain(invite.code.split('.')[1])
  const { body: other } = await ana.post(`${path}/invites`, {})
  const di = await createUser('Di')
  expect((await ana.delete(`${path}/invites/${other.id}`)).status).toBe(204)
  expect((await enter(di, { invite: other.code })).body.code).toBe('gone')
  const clock = stopClock()
  const { body: old } = await ana.post(`${path}/invites`, {
    expiresAt: new Date(Date.now() + 1).toISOString(),
  })
  clock.advance(1)
  expect((await di.get(`/v1/invites/${old.code}`)).status).toBe(410)
  expect((await di.get('/v1/invites/nonsense')).status).toBe(404)
})

it('a ban overrides allowlist, password and invite', async () => {
  const { ana, bo, path, enter } = await closed({ password: 'low tide' })
  const { body: invite } = await ana.post(`${path}/invites`, {})
  await ana.put(`${path}/allowlist/${bo.id}`)
  await ana.put(`${path}/bans/${bo.id}`, {})
  for (const keys of [undefined, { password: 'low tide' }, { invite: invite.code }]) {
    expect((await enter(bo, keys)).body.code).toBe('banned')
  }
})

it('closing an open room ends the sockets of those who are not in it', async () => {
  const { ana, bo, cy, path, room } = await closed({ access: 'open' })
  await bo.put(`${path}/members/@me`)
  const member = await connect(bo.token, room.id)
  const stranger = await connect(cy.token, room.id)
  await ana.patch(path, { access: 'closed' })
  expect((await stranger.end()).code).toBe(4403)
  const { body } = await ana.post(`${path}/messages`, newMessage('among us'))
  await member.event(body.seq)
  expect(stranger.events.map(({ seq }) => seq)).not.toContain(body.seq)
})
