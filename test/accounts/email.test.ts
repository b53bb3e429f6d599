import { env } from 'cloudflare:workers'
import { decodeJwt } from 'jose'
import { describe, expect, it, onTestFinished } from 'vitest'
import { app } from '../../src/app'
import { hashToken } from '../../src/auth/tokens'
import { open } from '../../src/directory/database'
import * as emailLinks from '../../src/directory/email-links'
import { call } from '../fixtures/api'
import { stopClock } from '../fixtures/clock'
import { eventually } from '../fixtures/eventually'
import { settingOf, signShared } from '../fixtures/issuers'
import { mailTo, markVerified, newAddress, tokensTo, tokenTo } from '../fixtures/mail'
import { addPasskey, logInOptions } from '../fixtures/passkeys'
import {
  createGuest,
  logIn,
  PASSWORD,
  type RegisteredUser,
  registerUser,
  signedIn,
} from '../fixtures/users'

const HOUR = 3_600_000

const registerWith = async (email: string) => ({
  email,
  ana: await registerUser('ana', { email }),
})
const verify = (user: RegisteredUser, token: string) =>
  user.put('/v1/me/email/verification', { token })

describe('an address', () => {
  it('is sent a link when somebody registers with it, and logs in once they have followed it', async () => {
    const { email, ana } = await registerWith(newAddress())
    expect((await ana.get('/v1/me')).body).toMatchObject({ email, emailVerified: false })
    expect((await logIn({ email, password: PASSWORD })).body.code).toBe('wrong_password')
    const token = await tokenTo(email, 'verify')
    const verified = await verify(ana, token)
    expect([verified.status, verified.body.emailVerified]).toEqual([200, true])
    const reply = await logIn({ email: email.toUpperCase(), password: PASSWORD })
    expect([reply.status, reply.body.me?.id]).toEqual([201, ana.id])
  })

  it('is sent a link in plain words, with the name of the account', async () => {
    const { email, ana } = await registerWith(newAddress())
    await tokenTo(email, 'verify')
    const [letter] = mailTo(email)
    expect(letter?.subject).toBe('Verify your e-mail address')
    expect(letter?.text).toContain(`The account "${ana.username}" was given this address.`)
    expect(letter?.html).toContain('https://chat.test/#verify=')
  })

  it('is verified by a link once', async () => {
    const { email, ana } = await registerWith(newAddress())
    const token = await tokenTo(email, 'verify')
    expect((await verify(ana, token)).status).toBe(200)
    await ana.patch('/v1/me', { email: newAddress() })
    await ana.patch('/v1/me', { email })
    expect((await verify(ana, token)).body.code).toBe('gone')
  })

  it('is verified by a link of an hour', async () => {
    const clock = stopClock()
    const { email, ana } = await registerWith(newAddress())
    const token = await tokenTo(email, 'verify')
    clock.advance(HOUR)
    // The access token has expired meanwhile.
    const { refreshToken } = ana
    const { body } = await call('POST', '/v1/sessions/refresh', { body: { refreshToken } })
    const put = await call('PUT', '/v1/me/email/verification', {
      token: body.session.accessToken,
      body: { token },
    })
    expect(put.body.code).toBe('gone')
  })

  it('is sent another link when asked to, which ends the one before', async () => {
    const { email, ana } = await registerWith(newAddress())
    const first = await tokenTo(email, 'verify')
    expect((await ana.post('/v1/me/email/verification')).status).toBe(202)
    const second = await tokenTo(email, 'verify', 2)
    expect((await verify(ana, first)).body.code).toBe('gone')
    expect((await verify(ana, second)).status).toBe(200)
  })

  it('is verified for the account that the link was sent for and no other, which does not use it up', async () => {
    const { email, ana } = await registerWith(newAddress())
    const bo = await registerUser('bo', { email })
    const [second, first] = await eventually(() => {
      const tokens = tokensTo(email, 'verify')
      expect(tokens).toHaveLength(2)
      return tokens as [string, string]
    })
    const own = mailTo(email)[0]?.text.includes(ana.username) ? second : first
    expect((await verify(bo, own)).body.code).toBe('gone')
    expect((await verify(ana, own)).status).toBe(200)
  })

  it('of another is claimed and keeps nobody from verifying it; of two who do, the second is told', async () => {
    const email = newAddress()
    const thief = await registerUser('bo', { email })
    const stolen = await tokenTo(email, 'verify')
    const ana = await registerUser('ana', { email })
    const token = await tokenTo(email, 'verify', 2)
    expect((await verify(ana, token)).status).toBe(200)
    // Whoever follows both links reads the mail of the address.
    const refused = await verify(thief, stolen)
    expect([refused.status, refused.body.code]).toEqual([409, 'conflict'])
    expect((await logIn({ email, password: PASSWORD })).body.me.id).toBe(ana.id)
    // The link works once the other has given the address up.
    await ana.patch('/v1/me', { email: null })
    expect((await verify(thief, stolen)).status).toBe(200)
  })

  it('that changes is not verified, and the one before is told and logs in no more', async () => {
    const { email, ana } = await registerWith(newAddress())
    await markVerified(ana)
    const next = newAddress()
    const { body } = await ana.patch('/v1/me', { email: next })
    expect(body).toMatchObject({ email: next, emailVerified: false })
    await tokenTo(next, 'verify')
    await eventually(() =>
      expect(mailTo(email)[0]?.subject).toBe('Your e-mail address was changed'),
    )
    expect((await logIn({ email, password: PASSWORD })).body.code).toBe('wrong_password')
    expect((await logIn({ email: next, password: PASSWORD })).body.code).toBe('wrong_password')
  })

  it('that is given again stays verified', async () => {
    const { email, ana } = await registerWith(newAddress())
    await markVerified(ana)
    const { body } = await ana.patch('/v1/me', { email: email.toUpperCase(), bio: 'Tea.' })
    expect(body).toMatchObject({ email, emailVerified: true })
  })

  it('is seen by nobody else', async () => {
    const { email, ana } = await registerWith(newAddress('anabel'))
    await markVerified(ana)
    const bo = await registerUser('bo')
    const seen = [
      await bo.get(`/v1/users/${ana.id}`),
      await bo.get(`/v1/users?search=${email.slice(0, 20)}`),
      await bo.get(`/v1/usernames/${ana.username}`),
    ]
    expect(JSON.stringify(seen.map(({ body }) => body))).not.toMatch(/example\.com|emailVerified/)
  })

  it('is nothing that a guest has, or who is verified, to be sent a link for', async () => {
    const gus = await createGuest('Gus')
    const { ana } = await registerWith(newAddress())
    await markVerified(ana)
    for (const user of [gus, ana]) {
      expect((await user.post('/v1/me/email/verification')).body.code).toBe('conflict')
    }
  })

  it('is sent five links an hour at most, by one account or by many', async () => {
    const clock = stopClock()
    const { email, ana } = await registerWith(newAddress())
    await tokenTo(email, 'verify')
    const others = await Promise.all(
      ['bo', 'cy', 'eve'].map((name) => registerUser(name, { email })),
    )
    await tokenTo(email, 'verify', 4)
    expect((await ana.post('/v1/me/email/verification')).status).toBe(202)
    const refused = await others[0]?.post('/v1/me/email/verification')
    expect([refused?.status, refused?.body.code]).toEqual([429, 'rate_limited'])
    expect(refused?.headers.get('Retry-After')).toBe('3600')
    expect(tokensTo(email, 'verify')).toHaveLength(5)
    clock.advance(HOUR)
    const directory = open(env.DB)
    const again = await emailLinks.findUnverified(directory, ana.id)
    expect(await emailLinks.issue(directory, 'verify', again, Date.now())).toBeDefined()
  })

  it('of many addresses, one account has five sent an hour', async () => {
    const ana = await registerUser('ana')
    const addresses = Array.from({ length: 7 }, () => newAddress())
    for (const email of addresses) await ana.patch('/v1/me', { email })
    await eventually(() => expect(addresses.flatMap(mailTo).length).toBe(5))
    await scheduler.wait(100)
    expect(addresses.flatMap(mailTo).length).toBe(5)
  })

  it('is swept from what was counted an hour later', async () => {
    const { email, ana } = await registerWith(newAddress())
    await tokenTo(email, 'verify')
    await emailLinks.sweep(open(env.DB), Date.now() + HOUR)
    const left = await env.DB.prepare('select count(*) as n from email_links where user_id = ?')
      .bind(ana.id)
      .first('n')
    expect(left).toBe(0)
    const count = env.DB.prepare('select count(*) as n from email_counts where address = ?')
    expect(await count.bind(await hashToken(email)).first('n')).toBe(0)
  })
})

describe('hostile addresses', () => {
  it.each([
    'ana@example.com\r\nBcc: all@example.com',
    'ana@example.com\nX: y',
    'ana@example.com, bo@example.com',
    'ana@example.com;bo@example.com',
    '"ana"@example.com',
    '<ana@example.com>',
    'Ana <ana@example.com>',
    'ana@example.com ',
    'ana @example.com',
    'ana@',
    '@example.com',
    'ana',
    'ana@localhost',
    'ana@127.0.0.1',
    'ana@[127.0.0.1]',
    'ana@example..com',
    '.ana@example.com',
    'ana.@example.com',
    'an..a@example.com',
    'ana@-example.com',
    'ana@example.com/path',
    'ana@exa\u0000mple.com',
    'ana@пример.рф/x',
    'ana@пример.рф?x',
    'ana@1.2.３',
    'aná@example.com',
    `${'a'.repeat(65)}@example.com`,
    `ana@${'a'.repeat(64)}.com`,
    `ana@${'abc.'.repeat(70)}com`,
  ])('%j is refused', async (email) => {
    const reply = await call('POST', '/v1/users', {
      body: { email, password: PASSWORD },
      headers: { 'CF-Connecting-IP': crypto.randomUUID() },
    })
    expect([reply.status, reply.body.code]).toEqual([400, 'invalid'])
  })

  it.each([
    ['Ana.Lopez@Example.COM', 'ana.lopez@example.com'],
    ['ana+chat@example.com', 'ana+chat@example.com'],
    ['o’brien@example.com'.replace('’', "'"), "o'brien@example.com"],
    ['ana@пример.рф', 'ana@xn--e1afmkfd.xn--p1ai'],
    ['ana@BÜCHER.example', 'ana@xn--bcher-kva.example'],
    ['ana@bu\u0308cher.example', 'ana@xn--bcher-kva.example'],
    ['ana@xn--e1afmkfd.xn--p1ai', 'ana@xn--e1afmkfd.xn--p1ai'],
  ])('%s is taken as %s', async (given, email) => {
    const ana = await registerUser('ana', { email: given })
    expect((await ana.get('/v1/me')).body.email).toBe(email)
    await markVerified(ana)
    expect((await logIn({ email: given, password: PASSWORD })).body.me?.id).toBe(ana.id)
    // Other spellings of it are tried, too.
    await ana.patch('/v1/me', { email: null })
  })
})

describe('notices', () => {
  const subjects = (email: string) => mailTo(email).map(({ subject }) => subject)
  const verified = async () => {
    const { email, ana } = await registerWith(newAddress())
    await tokenTo(email, 'verify')
    await markVerified(ana)
    return { email, ana }
  }

  it('tell of a log-in on a device of a new name, and not of one that is known', async () => {
    const { email, ana } = await verified()
    const login = { username: ana.username, password: PASSWORD }
    const agent = { 'User-Agent': 'lynx/2.9' }
    await logIn(login, agent)
    await eventually(() => expect(subjects(email)[0]).toBe('A log-in on a new device'))
    expect(mailTo(email)[0]?.text).toContain('not used on before: lynx.')
    await logIn(login, agent)
    await logIn(login)
    await logIn({ ...login, deviceToken: ana.deviceToken }, { 'User-Agent': 'w3m/1' })
    await scheduler.wait(200)
    expect(subjects(email).filter((one) => one === 'A log-in on a new device')).toHaveLength(1)
  })

  it('tell of a log-in by passkey on a device that is not known, and of none that is', async () => {
    const { email, ana } = await verified()
    const { authenticator } = await addPasskey(ana)
    const other = await registerUser('bo')
    const logInBy = async (deviceToken: string, agent: string) => {
      const passkey = await authenticator.get(await logInOptions())
      const reply = await logIn({ passkey, deviceToken }, { 'User-Agent': agent })
      expect(reply.status).toBe(201)
      return reply.body.deviceToken
    }
    const again = await logInBy(ana.deviceToken, 'w3m/1')
    expect(decodeJwt(again).jti).toBe(decodeJwt(ana.deviceToken).jti)
    await logInBy('none', 'lynx/2.9')
    expect(decodeJwt(await logInBy(other.deviceToken, 'links/2')).sub).toBe(ana.id)
    await eventually(() =>
      expect(subjects(email).filter((one) => one === 'A log-in on a new device')).toHaveLength(2),
    )
    const told = mailTo(email).map(({ text }) => /used on before: (\w+)/.exec(text)?.[1])
    expect(told.filter(Boolean).sort()).toEqual(['links', 'lynx'])
  })

  it('tell of no log-in by an identity provider, which tells by itself', async () => {
    const bindings = env as Env
    bindings.IDENTITY_ISSUERS = settingOf()
    onTestFinished(() => {
      delete bindings.IDENTITY_ISSUERS
    })
    const sub = crypto.randomUUID()
    const logInAgain = async (agent: string) =>
      logIn({ identityToken: await signShared({ sub }) }, { 'User-Agent': agent })
    const ana = signedIn(await logInAgain('w3m/1'))
    const email = newAddress()
    await env.DB.prepare('update users set email = ?, email_verified_at = 1 where id = ?')
      .bind(email, (await ana.get('/v1/me')).body.id)
      .run()
    expect((await logInAgain('lynx/2.9')).status).toBe(201)
    await scheduler.wait(200)
    expect(subjects(email)).toEqual([])
  })

  it('tell of a new password', async () => {
    const { email, ana } = await verified()
    const change = { password: 'a better one, surely', currentPassword: PASSWORD }
    expect((await ana.patch('/v1/me', change)).status).toBe(200)
    await eventually(() => expect(subjects(email)[0]).toBe('Your password was changed'))
    expect(mailTo(email)[0]?.text).not.toContain('#')
  })

  it('tell of a first password, and of another username', async () => {
    const { email, ana } = await verified()
    await env.DB.prepare('update users set password_hash = null where id = ?').bind(ana.id).run()
    await env.DB.prepare(`update sessions set methods = 'identity' where user_id = ?`)
      .bind(ana.id)
      .run()
    expect((await ana.patch('/v1/me', { password: 'a better one, surely' })).status).toBe(200)
    await eventually(() => expect(subjects(email)[0]).toBe('Your password was changed'))
    const username = `${ana.username}_2`
    expect((await ana.patch('/v1/me', { username })).status).toBe(200)
    await eventually(() => expect(subjects(email)[0]).toBe('Your username was changed'))
    expect(mailTo(email)[0]?.text).toContain(`"${username}" has this username now`)
    await ana.patch('/v1/me', { username, displayName: 'Ana' })
    await scheduler.wait(100)
    expect(subjects(email)[0]).toBe('Your username was changed')
    expect(subjects(email).filter((one) => one === 'Your username was changed')).toHaveLength(1)
  })

  it('are sent to no address that is not verified', async () => {
    const { email, ana } = await registerWith(newAddress())
    await tokenTo(email, 'verify')
    signedIn(await logIn({ username: ana.username, password: PASSWORD }, { 'User-Agent': 'lynx' }))
    await ana.patch('/v1/me', { password: 'a better one, surely', currentPassword: PASSWORD })
    await ana.patch('/v1/me', { email: null })
    await scheduler.wait(200)
    expect(subjects(email)).toEqual(['Verify your e-mail address'])
  })
})

describe('without e-mail', () => {
  const without = { ...env, MAIL_FROM: '' }
  const ask = (method: string, path: string, body: object, token?: string) =>
    app.request(
      `https://chat.test${path}`,
      {
        method,
        headers: {
          'Content-Type': 'application/json',
          'CF-Connecting-IP': crypto.randomUUID(),
          ...(token && { Authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
      },
      without,
    )

  it('one registers with an address all the same, and what takes e-mail says why it does not go', async () => {
    const email = newAddress()
    const made = await ask('POST', '/v1/users', { email, password: PASSWORD })
    expect(made.status).toBe(201)
    const { session } = await made.json<{ session: { accessToken: string } }>()
    for (const [path, body] of [
      ['/v1/me/email/verification', {}],
      ['/v1/password-resets', { email }],
    ] as const) {
      const refused = await ask('POST', path, body, session.accessToken)
      expect(refused.status).toBe(403)
      expect(await refused.json()).toMatchObject({
        code: 'forbidden',
        detail: 'This service sends no e-mail. Ask who runs it.',
      })
    }
    await scheduler.wait(100)
    expect(mailTo(email)).toEqual([])
  })

  it('the table of capabilities says so', async () => {
    const read = async (bindings: Env) => {
      const answer = await app.request('https://chat.test/v1/capabilities', {}, bindings)
      return (await answer.json<{ features: { email: boolean } }>()).features.email
    }
    expect([await read(env), await read(without)]).toEqual([true, false])
  })
})
