import { env } from 'cloudflare:workers'
import { URI } from 'otpauth'
import { describe, expect, it } from 'vitest'
import { seal } from '../../src/auth/sealed-secrets'
import { open } from '../../src/directory/database'
import * as totp from '../../src/directory/totp'
import { call, type Reply } from '../fixtures/api'
import { stopClock } from '../fixtures/clock'
import { eventually } from '../fixtures/eventually'
import { openInbox } from '../fixtures/inbox'
import { mailTo, markVerified, newAddress } from '../fixtures/mail'
import { addPasskey } from '../fixtures/passkeys'
import { codeOf, enrol, turnOnTotp } from '../fixtures/totp'
import {
  clientAddress,
  createUser,
  logIn,
  PASSWORD,
  type RegisteredUser,
  registerUser,
  setSiteRole,
  signedIn,
} from '../fixtures/users'

const MINUTE = 60_000
const directory = open(env.DB)

/** Gives the right password; answers what asks for a code. */
const begin = ({ username }: RegisteredUser, password = PASSWORD) => logIn({ username, password })
const goOn = ({ body }: Reply, factor: object) => logIn({ challenge: body.challenge, ...factor })
const codeOfReply = ({ body }: Reply) => body.code
const wrongTo = (secret: string) => (codeOf(secret) === '000000' ? '000001' : '000000')

const forgetProof = ({ id }: { id: string }) =>
  env.DB.prepare('update sessions set proven_at = 0 where user_id = ?').bind(id).run()

/** Lets codes be taken again, as if time had passed: a clock that went back would confuse the pace of hashes. */
const forgetCodes = ({ id }: { id: string }) =>
  env.DB.prepare(
    'update totp set last_step = 0, tried_since = tried_since - 3600000 where user_id = ?',
  )
    .bind(id)
    .run()

const prove = (user: RegisteredUser, proof: object) =>
  call('PUT', '/v1/sessions/current/proof', { token: user.token, body: proof })

describe('turning codes on', () => {
  it('takes a proof, and a code of the secret that was shown; nothing changes before', async () => {
    const ana = await registerUser('ana')
    const { status, body } = await ana.post('/v1/me/totp')
    expect(status).toBe(200)
    const parsed = URI.parse(body.uri)
    expect([parsed.issuer, parsed.label]).toEqual(['chat.test', ana.username])
    expect(body.uri).toContain(`secret=${body.secret}`)
    const wrong = { totp: wrongTo(body.secret) }
    expect(codeOfReply(await ana.post('/v1/me/totp/confirmation', wrong))).toBe('wrong_code')
    expect((await begin(ana)).status).toBe(201)
    const confirmed = await ana.post('/v1/me/totp/confirmation', { totp: codeOf(body.secret) })
    expect(new Set(confirmed.body.recoveryCodes).size).toBe(10)
    expect((await ana.get('/v1/me/factors')).body).toMatchObject({
      password: true,
      identities: 0,
      totp: { recoveryCodes: 10 },
    })
    expect(codeOfReply(await begin(ana))).toBe('second_factor_required')
    for (const path of ['/v1/me/totp', '/v1/me/totp/confirmation']) {
      expect(codeOfReply(await ana.post(path, { totp: '123456' }))).toBe('conflict')
    }
  })

  it.each([
    ['post', '/v1/me/totp'],
    ['post', '/v1/me/totp/confirmation'],
    ['delete', '/v1/me/totp'],
    ['put', '/v1/me/recovery-codes'],
  ] as const)('%s %s takes a proof of who you are', async (method, path) => {
    const ana = await registerUser('ana')
    await forgetProof(ana)
    expect(codeOfReply(await ana[method](path, { totp: '123456' }))).toBe('proof_required')
  })

  it('needs a password to protect', async () => {
    const cy = await createUser('Cy')
    expect(codeOfReply(await cy.post('/v1/me/totp'))).toBe('conflict')
  })

  it('keeps neither the secret nor a recovery code as it is', async () => {
    const ana = await registerUser('ana')
    const { secret, recoveryCodes } = await enrol(ana)
    const rows = await Promise.all(
      ['totp', 'recovery_codes'].map((table) =>
        env.DB.prepare(`select * from ${table} where user_id = ?`).bind(ana.id).all(),
      ),
    )
    const stored = JSON.stringify(rows)
    for (const plain of [
      secret,
      ...recoveryCodes,
      ...recoveryCodes.map((c) => c.replaceAll('-', '')),
    ])
      expect(stored).not.toContain(plain)
  })

  it('by two requests at once gives one of them codes that are good', async () => {
    const ana = await registerUser('ana')
    const { body } = await ana.post('/v1/me/totp')
    const confirmation = { totp: codeOf(body.secret, -1) }
    const replies = await Promise.all(
      [1, 2, 3].map(() => ana.post('/v1/me/totp/confirmation', confirmation)),
    )
    const won = replies.filter(({ status }) => status === 200)
    expect(won).toHaveLength(1)
    const [recoveryCode] = won[0]?.body.recoveryCodes ?? []
    expect((await goOn(await begin(ana), { recoveryCode })).status).toBe(201)
  })

  it('that the account is deleted under leaves no secret', async () => {
    const ana = await registerUser('ana')
    await ana.post('/v1/me/totp')
    expect((await ana.delete('/v1/me?now=true')).status).toBe(204)
    await totp.begin(directory, ana.id, [env.TOKEN_SECRET], Date.now()).catch(() => {})
    const left = env.DB.prepare('select count(*) n from totp where user_id = ?').bind(ana.id)
    expect(await left.first('n')).toBe(0)
  })
})

describe('a log-in with codes on', () => {
  it('takes the password first, then a code: the session says by what and when', async () => {
    const ana = await registerUser('ana')
    const { secret } = await enrol(ana)
    const first = await begin(ana)
    expect([first.status, first.body.code]).toEqual([403, 'second_factor_required'])
    expect(first.body.session).toBeUndefined()
    const next = await goOn(first, { totp: codeOf(secret) })
    const { body } = await signedIn(next).get('/v1/sessions')
    const [current] = body.items.filter(({ current }: { current: boolean }) => current)
    expect(current.methods).toEqual(['password', 'totp'])
    expect(Date.parse(current.provenAt)).toBeGreaterThan(Date.now() - MINUTE)
  })

  it('does not say that the password was right where it was not', async () => {
    const ana = await registerUser('ana')
    await enrol(ana)
    expect(codeOfReply(await begin(ana, 'not this one'))).toBe('wrong_password')
  })

  it('takes a code of the step before and after, and no other', async () => {
    stopClock()
    const ana = await registerUser('ana')
    const { secret } = await enrol(ana)
    await forgetCodes(ana)
    const challenged = await begin(ana)
    for (const steps of [-2, 2]) {
      expect(codeOfReply(await goOn(challenged, { totp: codeOf(secret, steps) }))).toBe(
        'wrong_code',
      )
    }
    for (const steps of [-1, 1]) {
      expect((await goOn(challenged, { totp: codeOf(secret, steps) })).status).toBe(201)
    }
  })

  it('never takes a code twice, nor one from before the last, however many try at once', async () => {
    stopClock()
    const ana = await registerUser('ana')
    const { secret } = await enrol(ana)
    const challenged = await begin(ana)
    const code = { totp: codeOf(secret) }
    const replies = await Promise.all([1, 2, 3, 4, 5].map(() => goOn(challenged, code)))
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(codeOfReply(await goOn(challenged, code))).toBe('wrong_code')
    expect(codeOfReply(await goOn(challenged, { totp: codeOf(secret, -1) }))).toBe('wrong_code')
    expect(codeOfReply(await prove(ana, { password: PASSWORD, ...code }))).toBe('wrong_code')
  })

  it('takes the code that turned codes on no second time', async () => {
    const ana = await registerUser('ana')
    const { body } = await ana.post('/v1/me/totp')
    const code = { totp: codeOf(body.secret) }
    await ana.post('/v1/me/totp/confirmation', code)
    expect(codeOfReply(await goOn(await begin(ana), code))).toBe('wrong_code')
  })

  it('ends after five minutes, by a new password, and when codes go off', async () => {
    const clock = stopClock()
    const [ana, bo, cy] = await Promise.all(['ana', 'bo', 'cy'].map((name) => registerUser(name)))
    for (const user of [bo, cy, ana] as RegisteredUser[]) {
      const { secret } = await enrol(user)
      const challenged = await begin(user)
      if (user === ana) clock.advance(5 * MINUTE + 1000)
      if (user === bo) {
        const change = { password: 'staple battery horse 7', currentPassword: PASSWORD }
        expect((await user.patch('/v1/me', change)).status).toBe(200)
      }
      if (user === cy) expect((await user.delete('/v1/me/totp')).status).toBe(204)
      expect(codeOfReply(await goOn(challenged, { totp: codeOf(secret, 1) }))).toBe('gone')
    }
  })

  it('takes no challenge that is of another kind, or made up', async () => {
    const ana = await registerUser('ana')
    const { secret } = await enrol(ana)
    for (const challenge of [ana.token, ana.refreshToken, ana.deviceToken, 'x']) {
      expect(codeOfReply(await logIn({ challenge, totp: codeOf(secret) }))).toBe('gone')
    }
    const { body } = await begin(ana)
    expect((await call('GET', '/v1/me', { token: body.challenge })).status).toBe(401)
    const refresh = { refreshToken: body.challenge }
    expect((await call('POST', '/v1/sessions/refresh', { body: refresh })).status).toBe(401)
  })

  it.each([
    [{}],
    [{ totp: '123456', recoveryCode: 'x' }],
    [{ totp: '123456', password: PASSWORD }],
    [{ totp: '12345' }],
  ])('goes on with one code and nothing else, not with %o', async (factor) => {
    const reply = await logIn({ challenge: 'x', ...factor })
    expect([reply.status, reply.body.code]).toEqual([400, 'invalid'])
  })

  it('that races the first code opens nothing by the password alone', async () => {
    const ana = await registerUser('ana')
    const racing = [begin(ana), turnOnTotp(ana.id), begin(ana)] as const
    await Promise.all(racing)
    expect(codeOfReply(await begin(ana))).toBe('second_factor_required')
  })
})

describe('guessing codes', () => {
  const guess = async (challenged: Reply, secret: string) =>
    codeOfReply(await goOn(challenged, { totp: wrongTo(secret) }))

  it('ends after ten, also at once, for an hour; a recovery code still lets the owner in', async () => {
    const ana = await registerUser('ana')
    const { secret, recoveryCodes } = await enrol(ana)
    const challenged = await begin(ana)
    const guesses = await Promise.all(Array.from({ length: 14 }, () => guess(challenged, secret)))
    expect(guesses.filter((code) => code === 'wrong_code')).toHaveLength(10)
    expect(guesses.filter((code) => code === 'rate_limited')).toHaveLength(4)
    const right = { totp: codeOf(secret, 1) }
    const refused = await goOn(challenged, right)
    expect(refused.body.code).toBe('rate_limited')
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(3500)
    const [recoveryCode] = recoveryCodes
    const back = await goOn(await begin(ana), { recoveryCode })
    expect(back.status).toBe(201)
    expect(back.body.failedLogIns.count).toBe(10)
    await forgetCodes(ana)
    const later = await goOn(await begin(ana), { totp: codeOf(secret) })
    expect(later.status).toBe(201)
  })

  it('takes the password: a stranger without it uses up no tries', async () => {
    const ana = await registerUser('ana')
    const { secret } = await enrol(ana)
    for (let i = 0; i < 12; i += 1) {
      await logIn({ challenge: 'made up', totp: '000000' })
      if (i < 5) await begin(ana, 'a wrong password')
    }
    expect((await goOn(await begin(ana), { totp: codeOf(secret) })).status).toBe(201)
  })

  it('forgets wrong ones after a right one', async () => {
    const ana = await registerUser('ana')
    const { secret } = await enrol(ana)
    const challenged = await begin(ana)
    for (let i = 0; i < 9; i += 1) expect(await guess(challenged, secret)).toBe('wrong_code')
    expect((await goOn(challenged, { totp: codeOf(secret) })).status).toBe(201)
    expect(await guess(challenged, secret)).toBe('wrong_code')
    expect(await guess(challenged, secret)).toBe('wrong_code')
  })
})

describe('a recovery code', () => {
  it('is good once, however it is typed, and of many at once one wins', async () => {
    const ana = await registerUser('ana')
    const { recoveryCodes } = await enrol(ana)
    const [first = '', second = ''] = recoveryCodes
    const challenged = await begin(ana)
    const typed = first.toUpperCase().replaceAll('-', ' ').replaceAll('0', 'O').replaceAll('1', 'l')
    expect((await goOn(challenged, { recoveryCode: typed })).status).toBe(201)
    expect(codeOfReply(await goOn(challenged, { recoveryCode: first }))).toBe('wrong_code')
    const racing = [1, 2, 3, 4].map(() => goOn(challenged, { recoveryCode: second }))
    const replies = await Promise.all(racing)
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1)
    expect((await ana.get('/v1/me/factors')).body.totp.recoveryCodes).toBe(8)
  })

  it('is of one account alone', async () => {
    const [ana, bo] = await Promise.all([registerUser('ana'), registerUser('bo')])
    const [, { recoveryCodes }] = await Promise.all([enrol(ana), enrol(bo)])
    const [recoveryCode] = recoveryCodes
    expect(codeOfReply(await goOn(await begin(ana), { recoveryCode }))).toBe('wrong_code')
    expect((await goOn(await begin(bo), { recoveryCode })).status).toBe(201)
  })

  it('ends with the next ones', async () => {
    const ana = await registerUser('ana')
    expect(codeOfReply(await ana.put('/v1/me/recovery-codes'))).toBe('conflict')
    const { recoveryCodes } = await enrol(ana)
    const { body } = await ana.put('/v1/me/recovery-codes')
    const challenged = await begin(ana)
    const before = await goOn(challenged, { recoveryCode: recoveryCodes[0] })
    expect(codeOfReply(before)).toBe('wrong_code')
    const after = await goOn(challenged, { recoveryCode: body.recoveryCodes[0] })
    expect(after.status).toBe(201)
  })
})

describe('a proof with codes on', () => {
  it('takes the password and a code, or a recovery code; one alone is none', async () => {
    const ana = await registerUser('ana')
    const { secret, recoveryCodes } = await enrol(ana)
    const [recoveryCode] = recoveryCodes
    await forgetProof(ana)
    expect(codeOfReply(await prove(ana, { password: PASSWORD }))).toBe('second_factor_required')
    const code = { totp: codeOf(secret) }
    expect(codeOfReply(await prove(ana, { password: 'wrong', ...code }))).toBe('wrong_password')
    for (const alone of [code, { recoveryCode }]) {
      expect(codeOfReply(await prove(ana, alone))).toBe('invalid')
    }
    expect(codeOfReply(await ana.delete('/v1/me/totp'))).toBe('proof_required')
    expect((await prove(ana, { password: PASSWORD, ...code })).status).toBe(204)
    await forgetProof(ana)
    expect((await prove(ana, { password: PASSWORD, recoveryCode })).status).toBe(204)
    const [session] = (await ana.get('/v1/sessions')).body.items
    expect(session.methods).toEqual(['password', 'recovery_code'])
    expect((await ana.delete('/v1/me/totp')).status).toBe(204)
    expect((await begin(ana)).status).toBe(201)
    expect((await ana.get('/v1/me/factors')).body.totp).toBeNull()
  })

  it('is not the current password, for a new address or a new password', async () => {
    const ana = await registerUser('ana')
    await enrol(ana)
    await forgetProof(ana)
    const currentPassword = PASSWORD
    for (const change of [{ email: 'ana.totp@example.com' }, { password: 'a new horse 77' }]) {
      const reply = await ana.patch('/v1/me', { ...change, currentPassword })
      expect(codeOfReply(reply)).toBe('proof_required')
    }
  })
})

it('devices are told when codes go on and off, and when a recovery code was used', async () => {
  const ana = await registerUser('ana')
  const inbox = await openInbox(ana.token)
  const { recoveryCodes } = await enrol(ana)
  await inbox.update('factors.updated', ({ factors }) => factors.totp?.recoveryCodes === 10)
  await goOn(await begin(ana), { recoveryCode: recoveryCodes[0] })
  await inbox.update('factors.updated', ({ factors }) => factors.totp?.recoveryCodes === 9)
  await ana.delete('/v1/me/totp')
  await inbox.update('factors.updated', ({ factors }) => factors.totp === null)
  inbox.close()
})

it('the owner is told by e-mail, without a secret', async () => {
  const email = newAddress()
  const ana = await registerUser('ana', { email })
  await markVerified(ana)
  const { secret, recoveryCodes } = await enrol(ana)
  await goOn(await begin(ana), { recoveryCode: recoveryCodes[0] })
  await ana.put('/v1/me/recovery-codes')
  await ana.delete('/v1/me/totp')
  const { id } = await addPasskey(ana, 'Key ring')
  await ana.delete(`/v1/me/passkeys/${id}`)
  const subjects = [
    'Codes were turned on',
    'A recovery code was used',
    'Your recovery codes were replaced',
    'Codes were turned off',
    'A passkey was added',
    'A passkey was removed',
  ]
  await eventually(() => {
    expect(mailTo(email).map(({ subject }) => subject)).toEqual(expect.arrayContaining(subjects))
  })
  const told = JSON.stringify(mailTo(email))
  for (const plain of [secret, ...recoveryCodes]) expect(told).not.toContain(plain)
})

describe('a new secret of the service', () => {
  const setSecret = (userId: string, sealed: { secret: string; keyId: string }) =>
    env.DB.prepare('update totp set secret = ?, key_id = ? where user_id = ?')
      .bind(sealed.secret, sealed.keyId, userId)
      .run()
  const OLD = 'the secret of the service before this one'

  it('has secrets encrypted anew while the one before is kept, and they go on', async () => {
    const ana = await registerUser('ana')
    const { secret } = await enrol(ana)
    const old = await seal([OLD], { owner: ana.id, plain: secret })
    await setSecret(ana.id, old)
    expect(codeOfReply(await goOn(await begin(ana), { totp: codeOf(secret) }))).toBe('wrong_code')
    expect(await totp.resealSlice(directory, [env.TOKEN_SECRET])).toBe(false)
    await totp.resealSlice(directory, [env.TOKEN_SECRET, OLD])
    expect((await goOn(await begin(ana), { totp: codeOf(secret) })).status).toBe(201)
  })

  it('opens no secret in the row of another user', async () => {
    const [ana, bo] = await Promise.all([registerUser('ana'), registerUser('bo')])
    const { secret } = await enrol(ana)
    await enrol(bo)
    await setSecret(bo.id, await seal([env.TOKEN_SECRET], { owner: ana.id, plain: secret }))
    expect(codeOfReply(await goOn(await begin(bo), { totp: codeOf(secret) }))).toBe('wrong_code')
  })
})

describe('an admin', () => {
  it('takes the second factor of somebody else away, with a reason that the site audit has', async () => {
    const [ada, ana] = await Promise.all([registerUser('ada'), registerUser('ana')])
    await setSiteRole(ada, 'admin')
    await enrol(ana)
    const path = `/v1/users/${ana.id}/totp-resets`
    const reason = 'Lost the phone; known in person.'
    expect(codeOfReply(await ada.post(path, {}))).toBe('invalid')
    await forgetProof(ada)
    expect(codeOfReply(await ada.post(path, { reason }))).toBe('proof_required')
    await prove(ada, { password: PASSWORD })
    expect((await ada.post(path, { reason })).status).toBe(204)
    expect((await begin(ana)).status).toBe(201)
    const { body } = await ada.get(`/v1/site-audit?userId=${ana.id}`)
    expect(body.items[0]).toMatchObject({ action: 'resetTotp', actorId: ada.id, reason })
    expect(codeOfReply(await ada.post(path, { reason }))).toBe('not_found')
    const own = await ada.post(`/v1/users/${ada.id}/totp-resets`, { reason })
    expect(codeOfReply(own)).toBe('forbidden')
    expect((await ada.get(`/v1/site-audit?userId=${ada.id}`)).body.items).toEqual([])
  })
})

it('a device that is known stays known after the second step', async () => {
  const ana = await registerUser('ana')
  const { secret } = await enrol(ana)
  const { username, deviceToken } = ana
  const first = await logIn({ username, password: PASSWORD, deviceToken }, clientAddress())
  const { body } = await goOn(first, { totp: codeOf(secret) })
  const jti = (token: string) => JSON.parse(atob(token.split('.')[1] ?? '')).jti
  expect(jti(body.deviceToken)).toBe(jti(deviceToken))
})
