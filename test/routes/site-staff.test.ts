import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { png, upload } from '../fixtures/media'
import { createRoom, newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'
import { createUser, createUsers, setSiteRole } from '../fixtures/users'

/** A user who administers the site. */
async function createAdmin() {
  const root = await createUser('Root')
  await setSiteRole(root, 'admin')
  return root
}

describe('site staff', () => {
  it('who ban the only owner leave no room without one: it passes to whoever was there longest', async () => {
    const { ana, bo, mo, path } = await createScenario()
    expect((await mo.put(`${path}/bans/${ana.id}`, { reason: 'Fraud.' })).status).toBe(204)
    expect((await bo.get(path)).body.me.role).toBe('owner')
    expect((await bo.delete(path)).status).toBe(204)
  })

  it('who ban the only member can still delete the room, as admins', async () => {
    const [ana, root] = await Promise.all([createUser('Ana'), createAdmin()])
    const { path } = await createRoom(ana)
    await root.put(`${path}/bans/${ana.id}`, {})
    expect((await root.delete(path)).status).toBe(204)
    expect((await root.get(path)).status).toBe(404)
  })

  it('impose bans that only they change or lift', async () => {
    const { ana, bo, mo, path } = await createScenario()
    await mo.put(`${path}/bans/${bo.id}`, { reason: 'Spam.' })
    expect((await ana.delete(`${path}/bans/${bo.id}`)).body.code).toBe('forbidden')
    expect((await ana.put(`${path}/bans/${bo.id}`, {})).body.code).toBe('forbidden')
    expect((await bo.put(`${path}/members/@me`)).body.code).toBe('banned')
    expect((await mo.delete(`${path}/bans/${bo.id}`)).status).toBe(204)
    expect((await bo.put(`${path}/members/@me`)).status).toBe(200)
  })

  it('act in every open room, listed or not, and in no closed one that is hidden', async () => {
    const { ana, bo, mo, path } = await createScenario()
    await ana.patch(path, { listed: false })
    expect((await mo.put(`${path}/bans/${bo.id}`, {})).status).toBe(204)
    await ana.patch(path, { access: 'closed' })
    expect((await mo.get(`${path}/bans`)).status).toBe(404)
  })

  it('leave each act in the site audit: who did what to whom, where and why; a refused one leaves none', async () => {
    const { ana, bo, mo, room, path } = await createScenario()
    const root = await createAdmin()
    await mo.put(`${path}/bans/${bo.id}`, { reason: 'Spam.' })
    await mo.put(`/v1/users/${bo.id}/suspension`, {
      until: new Date(Date.now() + 3_600_000).toISOString(),
      reason: 'Spam again.',
    })
    await root.put(`/v1/users/${bo.id}/role`, { role: 'user' })
    await ana.put(`${path}/bans/${bo.id}`, {})
    expect(
      (await mo.put(`/v1/users/${root.id}/suspension`, { until: '2099-01-01T00:00:00Z' })).status,
    ).toBe(403)
    const { body } = await root.get(`/v1/site-audit?userId=${bo.id}`)
    expect(body.items).toMatchObject([
      { actorId: root.id, action: 'setSiteRole', detail: { role: 'user' } },
      { actorId: mo.id, action: 'suspendUser', reason: 'Spam again.' },
      { actorId: mo.id, action: 'banUser', roomId: room.id, reason: 'Spam.' },
    ])
    expect((await root.get(`/v1/site-audit?userId=${root.id}`)).body.items).toEqual([])
    const first = await root.get('/v1/site-audit?limit=1')
    const next = await root.get(`/v1/site-audit?limit=1&cursor=${first.body.nextCursor}`)
    expect(next.body.items[0].id < first.body.items[0].id).toBe(true)
    expect((await mo.get('/v1/site-audit')).body.code).toBe('forbidden')
  })
})

describe('an invite', () => {
  it('ends with its maker: a removed admin does not come back by it, a banned one lets nobody in', async () => {
    const [ana, bo, cy, dee] = await createUsers('Ana', 'Bo', 'Cy', 'Dee')
    const { path } = await createRoom(ana, { access: 'closed' })
    for (const admin of [bo, cy]) {
      await ana.patch('/v1/me', { addPolicy: 'everyone' })
      await admin.patch('/v1/me', { addPolicy: 'everyone' })
      expect((await ana.put(`${path}/members/${admin.id}`)).status).toBeLessThan(300)
      await ana.patch(`${path}/members/${admin.id}`, { role: 'admin' })
    }
    const invites = [await bo.post(`${path}/invites`, {}), await cy.post(`${path}/invites`, {})]
    const [ofBo, ofCy] = invites.map(({ body }) => body.code)
    await ana.delete(`${path}/members/${bo.id}`)
    await ana.put(`${path}/bans/${cy.id}`, {})
    const back = await bo.put(`${path}/members/@me`, { invite: ofBo })
    expect(back.body.code).toBe('gone')
    const guest = await dee.put(`${path}/members/@me`, { invite: ofCy })
    expect(guest.body.code).toBe('gone')
  })

  it('ends when its maker may make none any more', async () => {
    const { ana, bo, cy, path } = await createScenario()
    await ana.patch(`${path}/members/${bo.id}`, { role: 'admin' })
    const { body } = await bo.post(`${path}/invites`, {})
    await ana.patch(`${path}/members/${bo.id}`, { role: 'member' })
    expect((await cy.get(`/v1/invites/${body.code}`)).body.code).toBe('gone')
  })
})

describe('a suspended account in an open room that it never visited', () => {
  it('uploads nothing and is not seen typing', async () => {
    const { ana, room } = await createScenario()
    const dee = await createUser('Dee')
    await env.DB.prepare('update users set suspended_until = ? where id = ?')
      .bind(Date.now() + 3_600_000, dee.id)
      .run()
    expect((await upload(dee, room.id, png)).code).toBe('suspended')
    const [watching, typing] = [
      await connect(ana.token, room.id),
      await connect(dee.token, room.id),
    ]
    typing.send({ do: 'typing', ref: 1 })
    expect(await typing.answer(1)).toMatchObject({ problem: { code: 'suspended' } })
    typing.send({ do: 'message.post', ref: 2, ...newMessage('hello') })
    expect(await typing.answer(2)).toMatchObject({ problem: { code: 'suspended' } })
    expect(watching.live.some(({ type }) => type === 'typing')).toBe(false)
  })
})
