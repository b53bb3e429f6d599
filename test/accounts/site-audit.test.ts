import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, it } from 'vitest'
import { open } from '../../src/directory/database'
import * as siteAudit from '../../src/directory/site-audit'
import { call } from '../fixtures/api'
import { callByKey, storeAppKey } from '../fixtures/app-keys'
import { addPasskey } from '../fixtures/passkeys'
import { enrol } from '../fixtures/totp'
import {
  createUser,
  logIn,
  PASSWORD,
  registerUser,
  setSiteRole,
  type User,
} from '../fixtures/users'

let root: User
beforeAll(async () => {
  root = await createUser('Root')
  await setSiteRole(root, 'admin')
})

const audit = async (query: string) => (await root.get(`/v1/site-audit?${query}`)).body
const actionsOn = async ({ id }: { id: string }): Promise<string[]> =>
  (await audit(`userId=${id}`)).items.map(({ action }: { action: string }) => action)

describe('the site audit', () => {
  it('has what users changed of what they log in by, and says nothing of what it was', async () => {
    const ana = await registerUser('ana')
    const email = `${ana.username}@example.com`
    await ana.patch('/v1/me', { email })
    await ana.patch('/v1/me', { bio: 'Tea.' })
    await ana.patch('/v1/me', { password: 'staple battery horse 7', currentPassword: PASSWORD })
    const passkey = await addPasskey(ana)
    await enrol(ana)
    await ana.put('/v1/me/recovery-codes')
    await ana.delete('/v1/me/totp')
    await ana.delete(`/v1/me/passkeys/${passkey.id}`)
    await ana.delete('/v1/me')
    expect(await actionsOn(ana)).toEqual([
      'deleteMe',
      'removePasskey',
      'endTotp',
      'replaceRecoveryCodes',
      'confirmTotp',
      'addPasskey',
      'changeMe',
      'changeMe',
    ])
    const { items } = await audit(`actorId=${ana.id}&action=changeMe`)
    expect(items).toMatchObject([
      { detail: { fields: 'password' } },
      { detail: { fields: 'email' } },
    ])
    expect(JSON.stringify(await audit(`userId=${ana.id}`))).not.toContain(email)
  })

  it('has who took a deleted account back, and not who only logged in', async () => {
    const ana = await registerUser('ana')
    await logIn({ username: ana.username, password: PASSWORD })
    await ana.delete('/v1/me')
    await logIn({ username: ana.username, password: PASSWORD })
    expect((await audit(`userId=${ana.id}`)).items).toMatchObject([
      { action: 'createSession', actorId: ana.id, detail: { restored: 'true' } },
      { action: 'deleteMe', actorId: ana.id, detail: { now: 'false' } },
    ])
  })

  it('has nothing of what was refused', async () => {
    const bo = await registerUser('bo')
    await bo.patch('/v1/me', { password: 'staple battery horse 7', currentPassword: 'not mine' })
    await bo.post('/v1/me/totp')
    await bo.post('/v1/me/totp/confirmation', { totp: '000000' })
    expect(await actionsOn(bo)).toEqual([])
  })

  it('has why staff did what they did', async () => {
    const bo = await createUser('Bo')
    await root.put(`/v1/users/${bo.id}/role`, { role: 'moderator', reason: 'Helps a lot.' })
    await root.put(`/v1/users/${bo.id}/role`, { role: 'user', reason: 'On leave.' })
    await root.put(`/v1/users/${bo.id}/suspension`, { until: '2099-01-01T00:00:00Z' })
    await root.delete(`/v1/users/${bo.id}/suspension?reason=A%20mistake.`)
    const { items } = await audit(`userId=${bo.id}`)
    expect(items.map(({ reason }: { reason: string | null }) => reason)).toEqual([
      'A mistake.',
      null,
      'On leave.',
      'Helps a lot.',
    ])
  })

  it('has which app key ended the sessions of a user', async () => {
    const key = await storeAppKey(['users.mint'])
    const bo = await createUser('Bo')
    await callByKey(bo)
    await call('DELETE', `/v1/app/sessions?subject=${bo.id}`, { token: key.secret })
    expect((await audit(`actorId=${key.id}`)).items).toMatchObject([
      { action: 'endAppSessions', userId: bo.id },
    ])
  })

  it('is read by pages, also of what one actor did, of one kind', async () => {
    const bo = await createUser('Bo')
    for (const role of ['moderator', 'user', 'moderator']) {
      await root.put(`/v1/users/${bo.id}/role`, { role })
    }
    const query = `actorId=${root.id}&userId=${bo.id}&action=setSiteRole&limit=2`
    const first = await audit(query)
    const second = await audit(`${query}&cursor=${first.nextCursor}`)
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([2, 1, null])
  })

  it.each([
    ['userId', 'site_audit_by_user'],
    ['actorId', 'site_audit_by_actor'],
    ['action', 'site_audit_by_action'],
  ])('is filtered by %s with an index', async (filter, index) => {
    const statement = siteAudit.select(open(env.DB), { [filter]: 'x', before: 'y', limit: 10 })
    const { sql, params } = statement.toSQL()
    const plan = await env.DB.prepare(`explain query plan ${sql}`)
      .bind(...params)
      .all()
    expect(JSON.stringify(plan.results)).toContain(`INDEX ${index} `)
    expect(JSON.stringify(plan.results)).not.toContain('TEMP B-TREE')
  })
})
