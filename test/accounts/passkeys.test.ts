import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { relyingPartyOf } from '../../src/auth/relying-party'
import { call, type Reply } from '../fixtures/api'
import { Authenticator, type Faults } from '../fixtures/authenticator'
import { stopClock } from '../fixtures/clock'
import { openInbox } from '../fixtures/inbox'
import { addPasskey, logInOptions, storePasskey } from '../fixtures/passkeys'
import { codeOf, enrol } from '../fixtures/totp'
import {
  clientAddress,
  createUser,
  logIn,
  PASSWORD,
  type RegisteredUser,
  registerUser,
  signedIn,
  type User,
} from '../fixtures/users'

const MINUTE = 60_000
const codeOfReply = ({ body }: Reply) => body.code

const forgetProof = ({ id }: { id: string }) =>
  env.DB.prepare('update sessions set proven_at = 0 where user_id = ?').bind(id).run()
const forgetPassword = ({ id }: { id: string }) =>
  env.DB.prepare('update users set password_hash = null where id = ?').bind(id).run()

const creationOptions = async (user: User) => (await user.post('/v1/me/passkey-options')).body
const proofOptions = async (user: User) =>
  (await user.post('/v1/sessions/current/passkey-options')).body
const prove = (user: User, passkey: object) => user.put('/v1/sessions/current/proof', { passkey })

const logInBy = async (authenticator: Authenticator, faults?: Faults) =>
  logIn({ passkey: await authenticator.get(await logInOptions(), faults) })

describe('a passkey', () => {
  it('is added, named and listed, and logs in without a name or a password', async () => {
    const ana = await registerUser('ana')
    const { id, authenticator } = await addPasskey(ana, 'Key ring')
    expect((await ana.get('/v1/me/passkeys')).body).toMatchObject({
      items: [{ id, name: 'Key ring', lastUsedAt: null, synced: false }],
      nextCursor: null,
    })
    expect((await ana.get('/v1/me/factors')).body.passkeys).toBe(1)
    const renamed = await ana.patch(`/v1/me/passkeys/${id}`, { name: 'Phone' })
    expect(renamed.body.name).toBe('Phone')
    const reply = await logInBy(authenticator)
    expect([reply.status, reply.body.me.id]).toEqual([201, ana.id])
    const [session] = (await signedIn(reply).get('/v1/sessions')).body.items
    expect(session.methods).toEqual(['passkey'])
    expect((await ana.get('/v1/me/passkeys')).body.items[0].lastUsedAt).not.toBeNull()
  })

  it('counts as both factors, at a log-in and as a proof', async () => {
    const ana = await registerUser('ana')
    const { authenticator } = await addPasskey(ana)
    await enrol(ana)
    expect((await logInBy(authenticator)).status).toBe(201)
    await forgetProof(ana)
    expect(codeOfReply(await ana.delete('/v1/me/totp'))).toBe('proof_required')
    const options = await proofOptions(ana)
    expect(options.allowCredentials.map(({ id }: { id: string }) => id)).toEqual([authenticator.id])
    expect((await prove(ana, await authenticator.get(options))).status).toBe(204)
    expect((await ana.delete('/v1/me/totp')).status).toBe(204)
  })

  it('is a way back for who has lost the password: they choose a new one without it', async () => {
    const ana = await registerUser('ana')
    const { authenticator } = await addPasskey(ana)
    const back = signedIn(await logInBy(authenticator))
    const password = 'staple battery horse 7'
    expect((await back.patch('/v1/me', { password })).status).toBe(200)
    expect((await logIn({ username: ana.username, password })).status).toBe(201)
    expect((await ana.get('/v1/me')).status).toBe(401)
    await forgetProof(back)
    const later = await back.patch('/v1/me', { password: PASSWORD })
    expect(later.body.errors[0].path).toBe('currentPassword')
  })

  it('is enough for a user without a password, but the last one stays', async () => {
    const ana = await registerUser('ana')
    const [first, second] = [await addPasskey(ana), await addPasskey(ana)]
    await forgetPassword(ana)
    const removals = await Promise.all(
      [first, second].map(({ id }) => ana.delete(`/v1/me/passkeys/${id}`)),
    )
    expect(removals.map(({ status }) => status).sort()).toEqual([204, 409])
    const refused = removals.find(({ status }) => status === 409)
    expect(refused?.body.code).toBe('last_credential')
    expect((await ana.get('/v1/me/passkeys')).body.items).toHaveLength(1)
    const chosen = await ana.patch('/v1/me', { password: PASSWORD })
    expect(chosen.body.errors?.[0]?.path).toBeUndefined()
    expect(chosen.status).toBe(200)
    const [left] = (await ana.get('/v1/me/passkeys')).body.items
    expect((await ana.delete(`/v1/me/passkeys/${left.id}`)).status).toBe(204)
  })

  it('that was removed logs nobody in', async () => {
    const ana = await registerUser('ana')
    const { id, authenticator } = await addPasskey(ana)
    const assertion = await authenticator.get(await logInOptions())
    expect((await ana.delete(`/v1/me/passkeys/${id}`)).status).toBe(204)
    expect(codeOfReply(await logIn({ passkey: assertion }))).toBe('passkey_refused')
    expect(codeOfReply(await ana.delete(`/v1/me/passkeys/${id}`))).toBe('not_found')
  })

  it('belongs to its user: nobody else names, removes or proves anything with it', async () => {
    const [ana, bo] = await Promise.all([registerUser('ana'), registerUser('bo')])
    const { id, authenticator } = await addPasskey(ana)
    expect(codeOfReply(await bo.patch(`/v1/me/passkeys/${id}`, { name: 'Mine' }))).toBe('not_found')
    expect(codeOfReply(await bo.delete(`/v1/me/passkeys/${id}`))).toBe('not_found')
    await forgetProof(bo)
    const assertion = await authenticator.get(await proofOptions(bo))
    expect(codeOfReply(await prove(bo, assertion))).toBe('passkey_refused')
    expect(codeOfReply(await bo.delete('/v1/me'))).toBe('proof_required')
    const handle = btoa(bo.id).replaceAll('=', '')
    const posing = await logInBy(authenticator, { userHandle: handle })
    expect(codeOfReply(posing)).toBe('passkey_refused')
  })

  it('goes with the account, also one that was asked for before', async () => {
    const ana = await registerUser('ana')
    const { authenticator } = await addPasskey(ana)
    const options = await logInOptions()
    expect((await ana.delete('/v1/me?now=true')).status).toBe(204)
    const passkey = await authenticator.get(options)
    expect(codeOfReply(await logIn({ passkey }))).toBe('passkey_refused')
    const rows = env.DB.prepare('select count(*) n from passkeys where user_id = ?').bind(ana.id)
    expect(await rows.first('n')).toBe(0)
  })

  it('is told to devices as it comes and goes', async () => {
    const ana = await registerUser('ana')
    const inbox = await openInbox(ana.token)
    const { id } = await addPasskey(ana)
    await inbox.update('factors.updated', ({ factors }) => factors.passkeys === 1)
    await ana.delete(`/v1/me/passkeys/${id}`)
    await inbox.update('factors.updated', ({ factors }) => factors.passkeys === 0)
    inbox.close()
  })

  it('is one of twenty at most, and is added once', async () => {
    const ana = await registerUser('ana')
    const authenticator = new Authenticator()
    const add = async () => {
      const credential = await authenticator.create(await creationOptions(ana))
      return ana.post('/v1/me/passkeys', { credential })
    }
    expect((await add()).status).toBe(201)
    expect(codeOfReply(await add())).toBe('conflict')
    for (let i = 0; i < 18; i += 1) await storePasskey(ana.id)
    await addPasskey(ana)
    await expect(addPasskey(ana)).rejects.toThrow('too_many')
  })
})

describe('adding a passkey', () => {
  it.each([
    ['post', '/v1/me/passkey-options', undefined],
    ['delete', '/v1/me/passkeys/none1', undefined],
  ] as const)('%s %s takes a proof', async (method, path, body) => {
    const ana = await registerUser('ana')
    await forgetProof(ana)
    expect(codeOfReply(await ana[method](path, body))).toBe('proof_required')
  })

  it('takes a proof also when the browser comes back', async () => {
    const ana = await registerUser('ana')
    const credential = await new Authenticator().create(await creationOptions(ana))
    await forgetProof(ana)
    expect(codeOfReply(await ana.post('/v1/me/passkeys', { credential }))).toBe('proof_required')
  })

  it.each<[string, Faults]>([
    ['of a page of another origin', { origin: 'https://evil.test' }],
    ['of a page that only looks like ours', { origin: 'https://chat.test.evil.test' }],
    ['of a page without encryption', { origin: 'http://chat.test' }],
    ['in a frame of another page', { crossOrigin: true }],
    ['for another domain', { rpId: 'evil.test' }],
    ['whose authenticator did not make sure of its user', { verified: false }],
    ['with a made-up challenge', { challenge: 'bWFkZSB1cA' }],
  ])('is refused %s', async (_, faults) => {
    const ana = await registerUser('ana')
    const credential = await new Authenticator().create(await creationOptions(ana), faults)
    const reply = await ana.post('/v1/me/passkeys', { credential })
    expect(codeOfReply(reply)).toBe('passkey_refused')
    expect((await ana.get('/v1/me/passkeys')).body.items).toEqual([])
  })

  it('takes a challenge of this session for this, once, within five minutes', async () => {
    const clock = stopClock()
    const [ana, bo] = await Promise.all([registerUser('ana'), registerUser('bo')])
    const other = signedIn(await logIn({ username: ana.username, password: PASSWORD }))
    const owner = await creationOptions(ana)
    const offer = async (challenge: string, user: User = ana) => {
      const credential = await new Authenticator().create({ ...owner, challenge })
      return user.post('/v1/me/passkeys', { credential })
    }
    for (const foreign of [
      (await creationOptions(bo)).challenge,
      (await creationOptions(other)).challenge,
      (await proofOptions(ana)).challenge,
      (await logInOptions()).challenge,
    ]) {
      expect(codeOfReply(await offer(foreign))).toBe('passkey_refused')
    }
    expect((await offer(owner.challenge)).status).toBe(201)
    expect(codeOfReply(await offer(owner.challenge))).toBe('passkey_refused')
    const { challenge } = await creationOptions(ana)
    clock.advance(5 * MINUTE + 1000)
    expect(codeOfReply(await offer(challenge))).toBe('passkey_refused')
  })

  it('is not for users whom an app key made, whose back end says who may log in', async () => {
    const cy = await createUser('Cy')
    await env.DB.prepare(
      `insert into identities (issuer, subject, user_id, created_at) values ('app', ?, ?, 0)`,
    )
      .bind(crypto.randomUUID(), cy.id)
      .run()
    expect(codeOfReply(await cy.post('/v1/me/passkey-options'))).toBe('forbidden')
    const password = await cy.patch('/v1/me', { password: PASSWORD })
    expect(codeOfReply(password)).toBe('forbidden')
  })

  it('that the account is deleted under adds nothing', async () => {
    const ana = await registerUser('ana')
    const credential = await new Authenticator().create(await creationOptions(ana))
    const racing = [ana.post('/v1/me/passkeys', { credential }), ana.delete('/v1/me?now=true')]
    await Promise.all(racing)
    const rows = env.DB.prepare('select count(*) n from passkeys where user_id = ?').bind(ana.id)
    expect(await rows.first('n')).toBe(0)
  })
})

describe('using a passkey', () => {
  it.each<[string, Faults]>([
    ['of a page of another origin', { origin: 'https://evil.test' }],
    ['in a frame of another page', { crossOrigin: true }],
    ['for another domain', { rpId: 'evil.test' }],
    ['whose authenticator did not make sure of its user', { verified: false }],
    ['with a made-up challenge', { challenge: 'bWFkZSB1cA' }],
  ])('is refused %s', async (_, faults) => {
    const ana = await registerUser('ana')
    const { authenticator } = await addPasskey(ana)
    expect(codeOfReply(await logInBy(authenticator, faults))).toBe('passkey_refused')
  })

  it('is refused in the same words for an unknown one, a wrong signature and an old challenge', async () => {
    const ana = await registerUser('ana')
    const { authenticator } = await addPasskey(ana)
    const stranger = new Authenticator()
    await stranger.create(await creationOptions(ana))
    const forged = await authenticator.get(await logInOptions())
    forged.response.signature = (await authenticator.get(await logInOptions())).response.signature
    const replies = [
      await logInBy(stranger),
      await logIn({ passkey: forged }),
      await logInBy(authenticator, { challenge: 'bWFkZSB1cA' }),
    ]
    expect(new Set(replies.map(({ body }) => body.detail)).size).toBe(1)
    expect(replies.map(codeOfReply)).toEqual(Array(3).fill('passkey_refused'))
  })

  it('works once, however many send the same at once', async () => {
    const ana = await registerUser('ana')
    const { authenticator } = await addPasskey(ana)
    const passkey = await authenticator.get(await logInOptions())
    const replies = await Promise.all([1, 2, 3, 4].map(() => logIn({ passkey })))
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(codeOfReply(await logIn({ passkey }))).toBe('passkey_refused')
  })

  it('takes a challenge for this: not that of a log-in to prove, nor that of another session', async () => {
    const ana = await registerUser('ana')
    const { authenticator } = await addPasskey(ana)
    const other = signedIn(await logIn({ username: ana.username, password: PASSWORD }))
    const toProve = await authenticator.get(await proofOptions(ana))
    expect(codeOfReply(await logIn({ passkey: toProve }))).toBe('passkey_refused')
    expect(codeOfReply(await prove(other, toProve))).toBe('passkey_refused')
    const toLogIn = await authenticator.get(await logInOptions())
    expect(codeOfReply(await prove(ana, toLogIn))).toBe('passkey_refused')
    expect((await prove(ana, toProve)).status).toBe(204)
    expect(codeOfReply(await prove(ana, toProve))).toBe('passkey_refused')
  })

  it('is refused where its counter has not grown: there are two of it', async () => {
    const ana = await registerUser('ana')
    const { authenticator } = await addPasskey(ana)
    authenticator.counter = 7
    expect((await logInBy(authenticator)).status).toBe(201)
    for (const counter of [0, 6, 7]) {
      expect(codeOfReply(await logInBy(authenticator, { counter }))).toBe('passkey_refused')
    }
    const racing = await Promise.all([8, 8].map((counter) => logInBy(authenticator, { counter })))
    expect(racing.map(({ status }) => status).sort()).toEqual([201, 403])
  })

  it('ends after five minutes', async () => {
    const ana = await registerUser('ana')
    const { authenticator } = await addPasskey(ana)
    const passkey = await authenticator.get(await logInOptions())
    stopClock().advance(5 * MINUTE + 1000)
    expect(codeOfReply(await logIn({ passkey }))).toBe('passkey_refused')
  })

  it.each([[{ password: PASSWORD }], [{ totp: '123456' }], [{ username: 'ana' }]])(
    'goes with nothing else, not with %o',
    async (more) => {
      const ana = await registerUser('ana')
      const { authenticator } = await addPasskey(ana)
      const passkey = await authenticator.get(await logInOptions())
      expect(codeOfReply(await logIn({ passkey, ...more }))).toBe('invalid')
    },
  )

  it('counts against the log-ins of its address, not against the account', async () => {
    const ana = await registerUser('ana')
    const { authenticator } = await addPasskey(ana)
    const headers = clientAddress()
    const body = { passkey: await authenticator.get(await logInOptions()) }
    const replies: Reply[] = []
    for (let i = 0; i < 70; i += 1) {
      replies.push(await call('POST', '/v1/sessions', { body, headers }))
    }
    expect(replies.some(({ status }) => status === 429)).toBe(true)
    expect((await logInBy(authenticator)).status).toBe(201)
  })
})

it('a lost phone is no end: a passkey logs in where codes are asked for, and turns them off', async () => {
  const ana: RegisteredUser = await registerUser('ana')
  const { authenticator } = await addPasskey(ana)
  const { secret } = await enrol(ana)
  const back = signedIn(await logInBy(authenticator))
  expect((await back.delete('/v1/me/totp')).status).toBe(204)
  const { username } = ana
  expect((await logIn({ username, password: PASSWORD })).status).toBe(201)
  expect(codeOf(secret)).toMatch(/^\d{6}$/)
})

describe('the page that passkeys are for', () => {
  const settings = { PUBLIC_URL: '', PASSKEY_ORIGINS: '', PASSKEY_DOMAIN: '' }
  const of = (more: object, url = 'https://chat.example.com/v1/me') =>
    relyingPartyOf({ ...settings, ...more }, url)

  it('is that of PUBLIC_URL, and no other', () => {
    const { id, isOrigin } = of({ PUBLIC_URL: 'https://chat.example.com' })
    expect(id).toBe('chat.example.com')
    expect(isOrigin('https://chat.example.com')).toBe(true)
    for (const other of ['http://chat.example.com', 'https://example.com', 'http://localhost']) {
      expect(isOrigin(other)).toBe(false)
    }
  })

  it('is of PASSKEY_ORIGINS, on PASSKEY_DOMAIN', () => {
    const { id, isOrigin } = of({
      PUBLIC_URL: 'https://chat.example.com',
      PASSKEY_ORIGINS: 'https://app.example.com, https://www.example.com',
      PASSKEY_DOMAIN: 'example.com',
    })
    expect(id).toBe('example.com')
    expect(isOrigin('https://www.example.com')).toBe(true)
    expect(isOrigin('https://chat.example.com')).toBe(false)
  })

  it('is on this machine where nothing is set, on any port, and nowhere else', () => {
    const { id, isOrigin } = of({}, 'http://127.0.0.1:8787/v1/me')
    expect([id, isOrigin('http://localhost:5173')]).toEqual(['localhost', true])
    expect(isOrigin('http://localhost.evil.test')).toBe(false)
    expect(() => of({})).toThrow('forbidden')
  })
})
