import { describe, expect, it } from 'vitest'
import { registerCast } from '../fixtures/scenario'
import { type RegisteredUser, registerUser, setSiteRole } from '../fixtures/users'

const tomorrow = () => new Date(Date.now() + 24 * 3_600_000).toISOString()
const role = (by: RegisteredUser, of: RegisteredUser, wanted: string) =>
  by.put(`/v1/users/${of.id}/role`, { role: wanted })
const suspension = ({ id }: RegisteredUser) => `/v1/users/${id}/suspension`

describe('site roles', () => {
  it('are given by admins only', async () => {
    const { ana, bo, mo } = await registerCast()
    for (const caller of [bo, mo]) {
      expect((await role(caller, bo, 'admin')).body.code).toBe('forbidden')
    }
    await setSiteRole(ana, 'admin')
    const { status, body } = await role(ana, bo, 'moderator')
    expect({ status, role: body.role }).toEqual({ status: 200, role: 'moderator' })
    await setSiteRole(ana, 'user')
  })

  it('take effect at once, without a new token', async () => {
    const { ana, bo, cy } = await registerCast()
    await setSiteRole(ana, 'admin')
    await role(ana, bo, 'moderator')
    expect((await bo.put(suspension(cy), { until: tomorrow() })).status).toBe(200)
    await role(ana, bo, 'user')
    expect((await bo.delete(suspension(cy))).body.code).toBe('forbidden')
    await setSiteRole(ana, 'user')
  })

  it('leave one admin, even when the last two step down at once', async () => {
    const [ana, bo] = await Promise.all([registerUser('ana'), registerUser('bo')])
    await Promise.all([setSiteRole(ana, 'admin'), setSiteRole(bo, 'admin')])
    const replies = await Promise.all([role(ana, ana, 'user'), role(bo, bo, 'user')])
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409])
    const refused = replies.find(({ status }) => status === 409)
    expect(refused?.body.code).toBe('last_admin')
    await Promise.all([setSiteRole(ana, 'user'), setSiteRole(bo, 'user')])
  })

  it('are not for those who are not there', async () => {
    const [ana, bo] = await Promise.all([registerUser('ana'), registerUser('bo')])
    await setSiteRole(ana, 'admin')
    await bo.delete('/v1/me')
    expect((await role(ana, bo, 'moderator')).body.code).toBe('not_found')
    expect((await ana.put('/v1/users/none/role', { role: 'user' })).body.code).toBe('not_found')
    await setSiteRole(ana, 'user')
  })
})

describe('a suspension', () => {
  it('is for lower site roles only', async () => {
    const { ana, bo, cy, mo } = await registerCast()
    await Promise.all([setSiteRole(ana, 'admin'), setSiteRole(bo, 'moderator')])
    const until = tomorrow()
    for (const higher of [ana, bo, mo]) {
      expect((await mo.put(suspension(higher), { until })).body.code).toBe('forbidden')
    }
    expect((await cy.put(suspension(cy), { until })).body.code).toBe('forbidden')
    const { body } = await ana.put(suspension(mo), { until, reason: 'Abuse of power.' })
    expect(body).toEqual({ userId: mo.id, until, reason: 'Abuse of power.' })
    await setSiteRole(ana, 'user')
  })

  it('takes the powers of a moderator away', async () => {
    const { ana, cy, mo } = await registerCast()
    await setSiteRole(ana, 'admin')
    await ana.put(suspension(mo), { until: tomorrow() })
    expect((await mo.put(suspension(cy), { until: tomorrow() })).body.code).toBe('suspended')
    await setSiteRole(ana, 'user')
  })

  it('ends when lifted, and lifting again is harmless', async () => {
    const { ana, mo } = await registerCast()
    await mo.put(suspension(ana), { until: tomorrow() })
    expect((await ana.patch('/v1/me', { bio: 'x' })).body.code).toBe('suspended')
    expect((await mo.delete(suspension(ana))).status).toBe(204)
    expect((await mo.delete(suspension(ana))).status).toBe(204)
    expect((await ana.patch('/v1/me', { bio: 'x' })).status).toBe(200)
    expect((await ana.get('/v1/me')).body.suspendedUntil).toBe(null)
  })

  it('ends in the future', async () => {
    const { ana, mo } = await registerCast()
    const { body } = await mo.put(suspension(ana), { until: '2020-01-01T00:00:00.000Z' })
    expect(body).toMatchObject({ code: 'invalid', errors: [{ path: 'until' }] })
  })
})
