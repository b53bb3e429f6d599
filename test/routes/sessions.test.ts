import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { call, type Reply } from '../fixtures/api'
import { stopClock, withinOneMinute } from '../fixtures/clock'
import { eventually } from '../fixtures/eventually'
import { markVerified } from '../fixtures/mail'
import {
  clientAddress,
  logIn,
  PASSWORD,
  type RegisteredUser,
  registerUser,
  signedIn,
} from '../fixtures/users'

const refresh = (refreshToken: string) =>
  call('POST', '/v1/sessions/refresh', { body: { refreshToken } })

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1'

/** Makes the last rotation of this person's session `ms` older. */
async function age({ id }: RegisteredUser, ms: number): Promise<void> {
  const statement = 'update sessions set rotated_at = rotated_at - ? where user_id = ?'
  await env.DB.prepare(statement).bind(ms, id).run()
}

describe('logging in', () => {
  it('works by username and by address, whatever their case', async () => {
    const ana = await registerUser('ana', { email: 'ana@example.com' })
    await markVerified(ana)
    for (const login of [{ username: ana.username.toUpperCase() }, { email: 'ANA@example.com' }]) {
      const reply = await logIn({ ...login, password: PASSWORD })
      expect(reply.status).toBe(201)
      expect(reply.body.me.id).toBe(ana.id)
      expect(reply.headers.get('Location')).toBe(`/v1/sessions/${reply.body.session.id}`)
    }
  })

  it('past fifty sessions ends the one unused for longest, its access token too', async () => {
    const ana = await registerUser('ana')
    const open = env.DB.prepare(
      `with recursive n (i) as (select 1 union all select i + 1 from n where i < 49)
      insert into sessions (id, user_id, name, generation, created_at, rotated_at, proven_at, methods)
      select ?1 || '-' || i, ?1, 'Firefox', 0, ?2, ?2, 0, 'password' from n`,
    )
    const now = Date.now()
    await open.bind(ana.id, now + 1000).run()
    const listed = async () => (await ana.get('/v1/sessions?limit=100')).body.items.length
    expect(await listed()).toBe(50)
    const { body } = await logIn({ username: ana.username, password: PASSWORD })
    await eventually(async () => expect((await ana.get('/v1/me')).status).toBe(401))
    const token = body.session.accessToken
    const left = await call('GET', '/v1/sessions?limit=100', { token })
    expect(left.body.items.length).toBe(50)
  })

  it('answers tokens that nobody may keep, and reads that nobody else may', async () => {
    const ana = await registerUser('ana')
    const { headers } = await logIn({ username: ana.username, password: PASSWORD })
    expect(headers.get('Cache-Control')).toBe('no-store')
    for (const path of ['/v1/me', '/v1/sessions', '/v1/rooms/none1']) {
      expect((await ana.get(path)).headers.get('Cache-Control'), path).toBe('private, no-cache')
    }
    const { headers: seen } = await ana.get('/v1/me/rooms')
    const again = await call('GET', '/v1/me/rooms', {
      token: ana.token,
      headers: { 'If-None-Match': seen.get('ETag') ?? '' },
    })
    expect([again.status, again.headers.get('Cache-Control')]).toEqual([304, 'private, no-cache'])
  })

  it('answers an unknown user and a wrong password in the same words', async () => {
    const { username } = await registerUser('ana')
    const wrong = await logIn({ username, password: 'not this one' })
    const unknown = await logIn({ username: 'nobody.at.all', password: 'not this one' })
    expect(wrong.status).toBe(403)
    expect({ ...unknown.body, requestId: '' }).toEqual({ ...wrong.body, requestId: '' })
  })

  it('accepts a password composed in another way', async () => {
    const { username } = await registerUser('ana', { password: 'caf\u00e9 au lait' })
    expect((await logIn({ username, password: 'cafe\u0301 au lait' })).status).toBe(201)
  })
})

describe('refreshing', () => {
  it('replaces both tokens', async () => {
    const ana = await registerUser('ana')
    const { status, body } = await refresh(ana.refreshToken)
    expect(status).toBe(200)
    expect(body.session.refreshToken).not.toBe(ana.refreshToken)
    expect((await call('GET', '/v1/me', { token: body.session.accessToken })).body).toEqual(body.me)
    expect((await refresh(body.session.refreshToken)).status).toBe(200)
  })

  it('gives ten tabs that refresh at once the same successor', async () => {
    const ana = await registerUser('ana')
    const replies = await Promise.all(Array.from({ length: 10 }, () => refresh(ana.refreshToken)))
    expect(replies.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(new Set(replies.map(({ body }) => body.session.refreshToken)).size).toBe(1)
  })

  it('repeats the successor for half a minute, then takes the repeat for theft', async () => {
    stopClock()
    const ana = await registerUser('ana')
    const successor = (await refresh(ana.refreshToken)).body.session.refreshToken
    await age(ana, 25_000)
    expect((await refresh(ana.refreshToken)).status).toBe(200)
    await age(ana, 10_000)
    expect((await refresh(ana.refreshToken)).body.code).toBe('unauthenticated')
    expect((await refresh(successor)).body.code).toBe('unauthenticated')
  })

  it('ends the session when a token of two rotations ago comes back', async () => {
    const ana = await registerUser('ana')
    const second = (await refresh(ana.refreshToken)).body.session.refreshToken
    const third = (await refresh(second)).body.session.refreshToken
    expect((await refresh(ana.refreshToken)).body.code).toBe('unauthenticated')
    expect((await refresh(third)).body.code).toBe('unauthenticated')
  })

  it('refuses an access token, and what is no token', async () => {
    const ana = await registerUser('ana')
    expect((await refresh(ana.token)).body.code).toBe('unauthenticated')
    expect((await refresh('nonsense')).body.code).toBe('unauthenticated')
  })
})

describe('devices', () => {
  it('are listed with names, latest first, and say which one asks', async () => {
    const ana = await registerUser('ana')
    const login = { username: ana.username, password: PASSWORD }
    await logIn(login, { 'User-Agent': FIREFOX })
    const phone = signedIn(await logIn(login, { 'User-Agent': IPHONE }))
    const { items } = (await phone.get('/v1/sessions')).body
    expect(items.map(({ name }: { name: string }) => name)).toEqual([
      'Safari on iPhone',
      'Firefox on Linux',
      'unknown device',
    ])
    expect(items.map(({ current }: { current: boolean }) => current)).toEqual([true, false, false])
    const first = (await phone.get('/v1/sessions?limit=1')).body
    const rest = (await phone.get(`/v1/sessions?cursor=${first.nextCursor}`)).body
    expect([...first.items, ...rest.items]).toEqual(items)
    expect(rest.nextCursor).toBe(null)
  })

  it('are ended one by one, by their owner only', async () => {
    const [ana, cy] = await Promise.all([registerUser('ana'), registerUser('cy')])
    const other = signedIn(await logIn({ username: ana.username, password: PASSWORD }))
    const [device] = (await other.get('/v1/sessions')).body.items
    expect((await cy.delete(`/v1/sessions/${device.id}`)).status).toBe(204)
    expect((await ana.get('/v1/sessions')).body.items).toHaveLength(2)
    expect((await ana.delete(`/v1/sessions/${device.id}`)).status).toBe(204)
    expect((await ana.delete(`/v1/sessions/${device.id}`)).status).toBe(204)
    expect((await refresh(other.refreshToken)).body.code).toBe('unauthenticated')
    expect((await refresh(ana.refreshToken)).status).toBe(200)
  })

  it('log out alone, or all together', async () => {
    const ana = await registerUser('ana')
    const login = { username: ana.username, password: PASSWORD }
    const [second, third] = [signedIn(await logIn(login)), signedIn(await logIn(login))]
    expect((await second.delete('/v1/sessions/current')).status).toBe(204)
    expect((await refresh(second.refreshToken)).status).toBe(401)
    expect((await ana.delete('/v1/sessions')).status).toBe(204)
    for (const { refreshToken } of [ana, third]) {
      expect((await refresh(refreshToken)).status).toBe(401)
    }
  })

  it('unused for longer than their refresh token lives are gone', async () => {
    const ana = await registerUser('ana')
    await age(ana, 61 * 24 * 3_600_000)
    expect((await ana.get('/v1/sessions')).body.items).toEqual([])
    await logIn({ username: ana.username, password: PASSWORD })
    const count = env.DB.prepare('select count(*) as n from sessions where user_id = ?').bind(
      ana.id,
    )
    expect(await count.first('n')).toBe(1)
  })
})

describe('rates', () => {
  const statuses = (replies: Reply[]) => replies.map(({ status }) => status)
  const times = (count: number, status: number) => Array(count).fill(status)

  it('let an address register 20 times a minute', async () => {
    const body = { password: PASSWORD }
    const [last, ...earlier] = await withinOneMinute(async () => {
      const headers = clientAddress()
      const replies: Reply[] = []
      while (replies.length < 21)
        replies.unshift(await call('POST', '/v1/users', { body, headers }))
      return replies
    })
    expect(statuses(earlier)).toEqual(times(20, 201))
    expect(last?.body.code).toBe('rate_limited')
    expect(last?.headers.get('Retry-After')).toBe('60')
    expect(last?.headers.get('RateLimit-Policy')).toBe('"registrations";q=20;w=60')
  })

  it('let an address try 30 log-ins a minute, and count a /64 of IPv6 as one', async () => {
    const body = { username: 'somebody', password: 'a guess' }
    const { guesses, neighbour, stranger } = await withinOneMinute(async () => {
      const network = `2001:db8:${crypto.getRandomValues(new Uint16Array(1))[0]?.toString(16)}`
      const from = (address: string) => ({ 'CF-Connecting-IP': `${network}:${address}` })
      const guesses: Reply[] = []
      for (let i = 0; i < 30; i += 1) {
        guesses.push(await logIn({ ...body, username: `somebody${i}` }, from(`2::${i}`)))
      }
      const neighbour = await logIn(body, from('2:3:4:5:6'))
      return { guesses, neighbour, stranger: await logIn(body, from('3::1')) }
    })
    expect(guesses.map((guess) => guess.body.code)).toEqual(Array(30).fill('wrong_password'))
    expect(neighbour.body.code).toBe('rate_limited')
    expect(stranger.status).toBe(403)
  })

  it('let an account be tried 10 times a minute from one network, by name and address alike; elsewhere the owner gets in', async () => {
    const { guesses, last, owner } = await withinOneMinute(async () => {
      const email = `${crypto.randomUUID()}@example.com`
      const { id, username } = await registerUser('ana', { email })
      await markVerified({ id })
      const guesses: Reply[] = []
      const network = clientAddress()
      for (let i = 0; i < 10; i += 1) {
        const login = [{ username }, { username: username.toUpperCase() }, { email }][i % 3]
        guesses.push(await logIn({ ...login, password: 'a guess' }, network))
      }
      const last = await logIn({ username, password: PASSWORD }, network)
      return { guesses, last, owner: await logIn({ email, password: PASSWORD }) }
    })
    expect(statuses(guesses)).toEqual(times(10, 403))
    expect(last.body.code).toBe('rate_limited')
    expect(last.headers.get('RateLimit-Policy')).toBe('"account_log_ins";q=10;w=60')
    expect(owner.status).toBe(201)
    // The owner is told.
    expect(owner.body.failedLogIns).toEqual({ count: 10, lastAt: expect.any(String) })
  })

  it('let a device that has signed in before in, whatever is tried elsewhere, and on its network', async () => {
    const { ana, flooded, owner, forged, others } = await withinOneMinute(async () => {
      const ana = await registerUser('ana')
      const bo = await registerUser('bo')
      const { username } = ana
      for (let i = 0; i < 50; i += 1) await logIn({ username, password: 'a guess' })
      const network = clientAddress()
      for (let i = 0; i < 30; i += 1) {
        await logIn({ username: `nobody${i}`, password: 'a guess' }, network)
      }
      const login = { username, password: PASSWORD }
      const { deviceToken } = ana
      return {
        ana,
        flooded: await logIn(login),
        owner: await logIn({ ...login, deviceToken }, network),
        forged: await logIn({ ...login, deviceToken: `${deviceToken}x` }),
        others: await logIn({ ...login, deviceToken: bo.deviceToken }),
      }
    })
    for (const refused of [flooded, forged, others]) expect(refused.body.code).toBe('rate_limited')
    expect(owner.status).toBe(201)
    expect(owner.body.failedLogIns.count).toBe(50)
    const again = await logIn({
      username: ana.username,
      password: PASSWORD,
      deviceToken: owner.body.deviceToken,
    })
    expect([again.status, again.body.failedLogIns]).toEqual([201, null])
    // It lets nobody in by itself.
    expect((await call('GET', '/v1/me', { token: ana.deviceToken })).status).toBe(401)
  })

  it('let a device try 10 times a minute', async () => {
    const guesses = await withinOneMinute(async () => {
      const { username, deviceToken } = await registerUser('ana')
      const guesses: Reply[] = []
      while (guesses.length < 11) {
        guesses.push(await logIn({ username, deviceToken, password: 'a guess' }))
      }
      return guesses
    })
    expect(statuses(guesses)).toEqual([...times(10, 403), 429])
  })
})
