import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { call } from '../fixtures/api'
import { stopClock } from '../fixtures/clock'
import { spyOnD1 } from '../fixtures/d1-spy'
import { eventually } from '../fixtures/eventually'
import { mailTo, markVerified, newAddress, tokensTo, tokenTo } from '../fixtures/mail'
import { enrol } from '../fixtures/totp'
import { clientAddress, logIn, PASSWORD, registerUser } from '../fixtures/users'

const NEW_PASSWORD = 'a better one, surely'

const request = (body: object, headers = clientAddress()) =>
  call('POST', '/v1/password-resets', { body, headers })
const reset = (token: string, password = NEW_PASSWORD) =>
  call('PUT', '/v1/password', { body: { token, password }, headers: clientAddress() })

async function verifiedUser() {
  const email = newAddress()
  const ana = await registerUser('ana', { email })
  await tokenTo(email, 'verify')
  await markVerified(ana)
  return { ana, email }
}

describe('a forgotten password', () => {
  it('is replaced by the link that the address was sent, which ends every session', async () => {
    const { ana, email } = await verifiedUser()
    expect((await request({ email: email.toUpperCase() })).status).toBe(202)
    expect((await reset(await tokenTo(email, 'reset'))).status).toBe(204)
    expect((await ana.get('/v1/me')).status).toBe(401)
    const { refreshToken } = ana
    expect((await ana.post('/v1/sessions/refresh', { refreshToken })).status).toBe(401)
    expect((await logIn({ email, password: PASSWORD })).body.code).toBe('wrong_password')
    const back = await logIn({ email, password: NEW_PASSWORD })
    expect([back.status, back.body.me.id]).toEqual([201, ana.id])
    const subjects = () => mailTo(email).map(({ subject }) => subject)
    // That a new device logged in may be told before it or after it.
    await eventually(() => expect(subjects()).toContain('Your password was changed'))
  })

  it('leaves a second factor as it is: a code, or for who lost the phone, too, a recovery code, is asked for', async () => {
    const { ana, email } = await verifiedUser()
    const { recoveryCodes } = await enrol(ana)
    const before = await logIn({ email, password: PASSWORD })
    await request({ email })
    expect((await reset(await tokenTo(email, 'reset'))).status).toBe(204)
    const [recoveryCode] = recoveryCodes
    const { challenge } = before.body
    expect((await logIn({ challenge, recoveryCode })).body.code).toBe('gone')
    const asked = await logIn({ email, password: NEW_PASSWORD })
    expect(asked.body.code).toBe('second_factor_required')
    const back = await logIn({ challenge: asked.body.challenge, recoveryCode })
    expect([back.status, back.body.me.id]).toEqual([201, ana.id])
  })

  it('is a way back for who lost the provider that they came by', async () => {
    const { ana, email } = await verifiedUser()
    await env.DB.prepare('update users set password_hash = null where id = ?').bind(ana.id).run()
    await request({ email })
    expect((await reset(await tokenTo(email, 'reset'))).status).toBe(204)
    expect((await logIn({ email, password: NEW_PASSWORD })).body.me.id).toBe(ana.id)
  })

  it('is asked for by a username, too', async () => {
    const { ana, email } = await verifiedUser()
    await request({ username: ana.username.toUpperCase() })
    expect((await reset(await tokenTo(email, 'reset'))).status).toBe(204)
  })

  it('has a link that works once, of many at the same time one', async () => {
    const { email } = await verifiedUser()
    await request({ email })
    const token = await tokenTo(email, 'reset')
    const replies = await Promise.all([1, 2, 3].map((n) => reset(token, `${NEW_PASSWORD} ${n}`)))
    expect(replies.map(({ status }) => status).sort()).toEqual([204, 410, 410])
    expect((await reset(token)).body.code).toBe('gone')
  })

  it('has a link of an hour', async () => {
    const clock = stopClock()
    const { email } = await verifiedUser()
    await request({ email })
    const token = await tokenTo(email, 'reset')
    clock.advance(3_600_000)
    expect((await reset(token)).body.code).toBe('gone')
  })

  it('has a link that a newer one ends, and a new address', async () => {
    const { ana, email } = await verifiedUser()
    await request({ email })
    const first = await tokenTo(email, 'reset')
    await request({ email })
    const second = await tokenTo(email, 'reset', 2)
    expect((await reset(first)).body.code).toBe('gone')
    await ana.patch('/v1/me', { email: newAddress() })
    expect((await reset(second)).body.code).toBe('gone')
  })

  it('takes no link that was sent to verify the address, nor the other way round', async () => {
    const email = newAddress()
    const ana = await registerUser('ana', { email })
    const verification = await tokenTo(email, 'verify')
    expect((await reset(verification)).body.code).toBe('gone')
    expect((await ana.put('/v1/me/email/verification', { token: verification })).status).toBe(200)
    await request({ email })
    const token = await tokenTo(email, 'reset')
    expect((await ana.put('/v1/me/email/verification', { token })).body.code).toBe('gone')
  })

  it('is not replaced by a common one, or by a name, and the link is good for another try', async () => {
    const { ana, email } = await verifiedUser()
    await request({ email })
    const token = await tokenTo(email, 'reset')
    for (const bad of ['password1', ana.username]) {
      expect((await reset(token, bad)).body.code).toBe('invalid')
    }
    expect((await ana.get('/v1/me')).status).toBe(200)
    expect((await reset(token)).status).toBe(204)
  })

  it('is sent five links an hour at most, and the latest of them works', async () => {
    const { email } = await verifiedUser()
    for (let i = 0; i < 7; i += 1) await request({ email })
    const token = await tokenTo(email, 'reset', 4)
    await scheduler.wait(100)
    // One of the five was the link that verifies the address.
    expect(tokensTo(email, 'reset')).toHaveLength(4)
    expect((await reset(token)).status).toBe(204)
  })

  it('is asked for ten times a minute from one network', async () => {
    const network = clientAddress()
    const replies = []
    for (let i = 0; i < 11; i += 1) replies.push(await request({ email: newAddress() }, network))
    const statuses = replies.map(({ status }) => status)
    expect(statuses.slice(0, 10)).toEqual(Array(10).fill(202))
    // The window may have ended in between.
    expect([202, 429]).toContain(statuses[10])
  })
})

describe('whether an address or a name is known', () => {
  /** What D1 is asked about e-mail by one request, until the work behind it is done. */
  async function askedBy(body: object) {
    const spy = spyOnD1()
    try {
      const reply = await request(body)
      const asked = () =>
        spy.statements.map(({ query }) => query).filter((query) => /email/.test(query))
      await eventually(() => expect(asked().some((q) => /into "email_links"/.test(q))).toBe(true))
      await scheduler.wait(50)
      const { requestId: _, ...answer } = reply.body ?? {}
      return { status: reply.status, answer, asked: asked() }
    } finally {
      spy.restore()
    }
  }

  it('is told by no answer, by no number of statements and by no mail to those who are not', async () => {
    const { ana, email } = await verifiedUser()
    const unverified = newAddress()
    const bo = await registerUser('bo', { email: unverified })
    const cy = await registerUser('cy')
    await tokenTo(unverified, 'verify')
    const byEmail = [
      { email },
      { email: unverified },
      { email: newAddress() },
      { email: 'nonsense' },
    ]
    const byName = [ana, bo, cy, { username: 'nobody.at.all' }].map(({ username }) => ({
      username,
    }))
    for (const bodies of [byEmail, byName]) {
      const [known, ...others] = await Promise.all([askedBy(bodies[0] ?? {})])
      expect(others).toEqual([])
      expect(known?.status).toBe(202)
      expect(known?.asked).toHaveLength(3)
      for (const body of bodies.slice(1)) expect(await askedBy(body)).toEqual(known)
    }
    await tokenTo(email, 'reset', 2)
    expect(tokensTo(unverified, 'reset')).toEqual([])
  })

  it('is told by no answer before D1 was asked, so that time does not tell', async () => {
    const spy = spyOnD1()
    spy.isDown = true
    const reply = await request({ email: newAddress() })
    spy.restore()
    expect(reply.status).toBe(202)
  })
})
