import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { Inbox } from '../../src/inbox/inbox'
import { stopClock } from '../fixtures/clock'
import { eventually } from '../fixtures/eventually'
import { openInbox } from '../fixtures/inbox'
import { befriend } from '../fixtures/relations'
import { newMessage } from '../fixtures/rooms'
import { createUsers, type User } from '../fixtures/users'

const inboxOf = ({ id }: User) => env.INBOXES.get(env.INBOXES.idFromName(id))

/** Two friends who have talked in their direct room. */
async function createFriends() {
  const [ana, bo, cy] = await createUsers('Ana', 'Bo', 'Cy')
  await befriend(ana, bo)
  await talk(ana, bo)
  return { ana, bo, cy }
}

async function talk(one: User, other: User): Promise<void> {
  const { body } = await one.post(`/v1/direct/${other.id}`)
  const posted = await one.post(`/v1/rooms/${body.id}/messages`, newMessage('hi'))
  await one.get(`/v1/me/rooms?seen=${body.id}:${posted.body.seq}`)
}

const presenceOf = async (reader: User, { id }: User) =>
  (await reader.get(`/v1/users/${id}/presence`)).body

const OFFLINE = { online: false, away: false, lastSeenAt: null }
const ONLINE = { online: true, away: false, lastSeenAt: null }
const AWAY = { online: true, away: true, lastSeenAt: null }

type Socket = Awaited<ReturnType<typeof openInbox>>

const told = (inbox: Socket, { id }: User) => inbox.of('presence').filter((p) => p.userId === id)

/** Waits until an inbox is told that someone is so. */
const see = (inbox: Socket, user: User, expected: object) =>
  eventually(() =>
    expect(told(inbox, user).at(-1)).toEqual({ type: 'presence', userId: user.id, ...expected }),
  )

/** Lets a minute pass for someone whose last socket has closed. */
async function letExpire(user: User): Promise<void> {
  await runInDurableObject(inboxOf(user), (_, { storage }) => {
    storage.sql.exec('update presence set due_at = 1 where due_at is not null')
  })
  await runDurableObjectAlarm(inboxOf(user))
}

const closedFor = (user: User) =>
  eventually(() =>
    runInDurableObject(inboxOf(user), (_, ctx) => {
      expect(ctx.getWebSockets()).toEqual([])
      const rows = ctx.storage.sql.exec('select last_seen_at from presence').toArray()
      expect(rows).toEqual([{ last_seen_at: expect.any(Number) }])
    }),
  )

describe('two who talk directly', () => {
  it('each learn that the other is online, whoever comes first', async () => {
    const { ana, bo } = await createFriends()
    const a = await openInbox(ana.token)
    expect(a.ready?.online).toEqual([])
    const b = await openInbox(bo.token)
    await see(a, bo, ONLINE)
    await see(b, ana, ONLINE)
    expect((await openInbox(bo.token)).ready?.online).toEqual([ana.id])
    expect(await presenceOf(ana, bo)).toEqual(ONLINE)
  })

  it('are told at once when one is at none of their devices, and when they are back', async () => {
    const { ana, bo } = await createFriends()
    const [a, b] = [await openInbox(ana.token), await openInbox(bo.token)]
    await see(a, bo, ONLINE)
    b.send({ do: 'presence', ref: 1, state: 'away' })
    await see(a, bo, AWAY)
    expect(await presenceOf(ana, bo)).toEqual(AWAY)
    const second = await openInbox(ana.token)
    await see(second, bo, AWAY)
    const phone = await openInbox(bo.token)
    await see(a, bo, ONLINE)
    phone.close()
    await see(a, bo, AWAY)
  })

  it('a reload is no absence; a minute without a socket is, and says since when', async () => {
    const { ana, bo } = await createFriends()
    const [a, b] = [await openInbox(ana.token), await openInbox(bo.token)]
    await see(a, bo, ONLINE)
    const before = Date.now()
    b.close()
    await closedFor(bo)
    expect(await presenceOf(ana, bo)).toEqual(ONLINE)
    const again = await openInbox(bo.token)
    expect(again.ready?.online).toEqual([ana.id])
    expect(told(a, bo)).toHaveLength(1)
    again.close()
    await closedFor(bo)
    await evictDurableObject(inboxOf(bo))
    await letExpire(bo)
    await eventually(() => expect(told(a, bo).at(-1)).toMatchObject({ online: false }))
    const { lastSeenAt } = told(a, bo).at(-1) ?? {}
    expect(Date.parse(lastSeenAt ?? '')).toBeGreaterThanOrEqual(before)
    expect(await presenceOf(ana, bo)).toEqual({ ...OFFLINE, lastSeenAt })
    expect((await openInbox(ana.token)).ready?.online).toEqual([])
  })

  it('go on to be told after both inboxes were evicted', async () => {
    const { ana, bo } = await createFriends()
    const [a, b] = [await openInbox(ana.token), await openInbox(bo.token)]
    await see(a, bo, ONLINE)
    await see(b, ana, ONLINE)
    await evictDurableObject(inboxOf(ana))
    await evictDurableObject(inboxOf(bo))
    b.send({ do: 'presence', state: 'away' })
    await see(a, bo, AWAY)
    b.close()
    await closedFor(bo)
    await letExpire(bo)
    await eventually(() => expect(told(a, bo).at(-1)).toMatchObject({ online: false }))
  })

  it('meet when the first message of a new direct room comes', async () => {
    const [ana, bo] = await createUsers('Ana', 'Bo')
    await befriend(ana, bo)
    const [a, b] = [await openInbox(ana.token), await openInbox(bo.token)]
    await talk(ana, bo)
    await see(a, bo, ONLINE)
    await see(b, ana, ONLINE)
  })

  it('whose inbox was killed with its sockets open is offline after the sweep', async () => {
    const { ana, bo } = await createFriends()
    const [a, b] = [await openInbox(ana.token), await openInbox(bo.token)]
    await see(a, bo, ONLINE)
    await eventually(() =>
      runInDurableObject(inboxOf(bo), (_, { storage }) =>
        expect(storage.sql.exec('select told from presence').toArray()).toHaveLength(1),
      ),
    )
    // As if nobody had seen them close.
    const kept = await runInDurableObject(
      inboxOf(bo),
      (_, { storage }) => storage.sql.exec('select told from presence').one().told as string,
    )
    b.close()
    await closedFor(bo)
    await runInDurableObject(inboxOf(bo), async (_, { storage }) => {
      storage.sql.exec('update presence set due_at = null, told = ?', kept)
    })
    await evictDurableObject(inboxOf(bo))
    await runDurableObjectAlarm(inboxOf(bo))
    await eventually(() => expect(told(a, bo).at(-1)).toMatchObject({ online: false }))
  })
})

describe('who may not see each other', () => {
  it('blocking makes both offline to the other at once, without a time', async () => {
    const { ana, bo } = await createFriends()
    const [a, b] = [await openInbox(ana.token), await openInbox(bo.token)]
    await see(a, bo, ONLINE)
    await see(b, ana, ONLINE)
    await ana.put(`/v1/me/blocks/${bo.id}`)
    await see(a, bo, OFFLINE)
    await see(b, ana, OFFLINE)
    b.send({ do: 'presence', ref: 1, state: 'away' })
    await b.answer(1)
    expect(await presenceOf(ana, bo)).toEqual(OFFLINE)
    expect(await presenceOf(bo, ana)).toEqual(OFFLINE)
    expect((await openInbox(bo.token)).ready?.online).toEqual([])
    a.close()
    await closedFor(ana)
    await letExpire(ana)
    const back = await openInbox(ana.token)
    expect(back.ready?.online).toEqual([])
    expect(told(b, ana)).toHaveLength(2)
    expect(await presenceOf(bo, ana)).toEqual(OFFLINE)
    await ana.delete(`/v1/me/blocks/${bo.id}`)
    await befriend(ana, bo)
    await see(b, ana, ONLINE)
    await eventually(() => expect(told(back, bo).at(-1)).toMatchObject({ online: true }))
  })

  it('nor do two of whom one accepts no messages of the other', async () => {
    const { ana, bo } = await createFriends()
    const [a, b] = [await openInbox(ana.token), await openInbox(bo.token)]
    await see(b, ana, ONLINE)
    await ana.patch('/v1/me', { messagePolicy: 'nobody' })
    await see(b, ana, OFFLINE)
    await see(a, bo, OFFLINE)
    expect(await presenceOf(ana, bo)).toEqual(OFFLINE)
    await ana.patch('/v1/me', { messagePolicy: 'connections' })
    await see(b, ana, ONLINE)
    await see(a, bo, ONLINE)
  })

  it('a stranger sees nobody', async () => {
    const { ana, cy } = await createFriends()
    await ana.patch('/v1/me', { messagePolicy: 'everyone' })
    await cy.patch('/v1/me', { messagePolicy: 'everyone' })
    await openInbox(ana.token)
    expect(await presenceOf(cy, ana)).toEqual(OFFLINE)
    expect(await presenceOf(ana, ana)).toEqual(ONLINE)
    await ana.patch('/v1/me', { lastSeenPolicy: 'everyone' })
    expect(await presenceOf(cy, ana)).toEqual(ONLINE)
    expect((await cy.get('/v1/users/nobody/presence')).status).toBe(404)
  })
})

it('the policy says who knows when one was last seen, and is private', async () => {
  const { ana, bo, cy } = await createFriends()
  for (const one of [ana, cy]) await one.patch('/v1/me', { messagePolicy: 'everyone' })
  await talk(cy, ana)
  expect((await ana.get('/v1/me')).body.lastSeenPolicy).toBe('connections')
  expect((await bo.get(`/v1/users/${ana.id}`)).body).not.toHaveProperty('lastSeenPolicy')
  const a = await openInbox(ana.token)
  a.close()
  await closedFor(ana)
  await letExpire(ana)
  const at = (await presenceOf(ana, ana)).lastSeenAt
  expect(at).toEqual(expect.any(String))
  const seenBy = async () => [
    (await presenceOf(bo, ana)).lastSeenAt,
    (await presenceOf(cy, ana)).lastSeenAt,
  ]
  expect(await seenBy()).toEqual([at, null])
  await ana.patch('/v1/me', { lastSeenPolicy: 'everyone' })
  expect(await seenBy()).toEqual([at, at])
  const changed = await ana.patch('/v1/me', { lastSeenPolicy: 'nobody' })
  expect(changed.body.lastSeenPolicy).toBe('nobody')
  expect(await seenBy()).toEqual([null, null])
})

it('a device that pinged and vanished is offline to whoever asks, since its last ping', async () => {
  const { ana, bo } = await createFriends()
  const [a, b] = [await openInbox(ana.token), await openInbox(bo.token)]
  await see(a, bo, ONLINE)
  b.send('ping')
  await b.until(() => b.pongs > 0, 'pong')
  await evictDurableObject(inboxOf(bo))
  stopClock(Date.now() + 91_000)
  const { online, lastSeenAt } = await presenceOf(ana, bo)
  expect(online).toBe(false)
  expect(Date.parse(lastSeenAt)).toBeLessThan(Date.now() - 89_000)
  expect(await b.end()).toMatchObject({ code: 4408 })
  await runDurableObjectAlarm(inboxOf(bo))
  await see(a, bo, { ...OFFLINE, lastSeenAt })
})

it('an inbox that is only asked writes nothing, and one that told nobody sets no alarm', async () => {
  const { ana, bo } = await createFriends()
  expect(await presenceOf(ana, bo)).toEqual(OFFLINE)
  const isWritten = await runInDurableObject(
    inboxOf(bo),
    (_, { storage }) =>
      storage.sql.exec(`select 1 from sqlite_master where name = 'presence'`).toArray().length > 0,
  )
  expect(isWritten).toBe(false)
  const a = await openInbox(ana.token)
  a.close()
  await closedFor(ana)
  const alarm = await runInDurableObject(inboxOf(ana), (_, { storage }) => storage.getAlarm())
  expect(alarm).toBe(null)
})

it('someone whose inbox does not answer is called again by the comparison', async () => {
  const { ana, bo } = await createFriends()
  const b = await openInbox(bo.token)
  const { exchangePresence } = Inbox.prototype
  let failures = 0
  const lost = vi.spyOn(Inbox.prototype, 'exchangePresence').mockImplementation(function (
    this: Inbox,
    from,
    news,
  ) {
    if (from !== ana.id || failures > 0) return exchangePresence.call(this, from, news)
    failures += 1
    throw new Error('lost on the way')
  })
  onTestFinished(() => lost.mockRestore())
  const a = await openInbox(ana.token)
  await eventually(() => expect(failures).toBe(1))
  expect(told(b, ana)).toEqual([])
  await eventually(async () => {
    await runInDurableObject(inboxOf(ana), (_, { storage }) => {
      storage.sql.exec('update watching set compare_at = 1')
    })
    await evictDurableObject(inboxOf(ana))
    await runDurableObjectAlarm(inboxOf(ana))
    expect(told(b, ana)).toHaveLength(1)
  })
  await see(a, bo, ONLINE)
})

it('the end of someone who was back within the minute counts from later, though nobody sees it', async () => {
  const { ana, bo } = await createFriends()
  const [a, b] = [await openInbox(ana.token), await openInbox(bo.token)]
  await see(a, bo, ONLINE)
  b.close()
  await closedFor(bo)
  await openInbox(bo.token)
  const rows = await runInDurableObject(inboxOf(bo), (_, { storage }) =>
    storage.sql.exec('select told, due_at from presence').toArray(),
  )
  expect(rows).toEqual([{ told: JSON.stringify([ana.id]), due_at: null }])
})

describe('someone of whom more peers know than are told', () => {
  const say = (online: boolean, asOf: number) => ({ online, away: false, lastSeenAt: null, asOf })

  it('opens another socket', async () => {
    const [ana] = await createUsers('Ana')
    await openInbox(ana.token)
    await runInDurableObject(inboxOf(ana), (inbox) => {
      const ids = Array.from({ length: 600 }, () => crypto.randomUUID())
      for (let i = 0; i < 600; i += 150) {
        for (const id of ids.slice(i, i + 150)) inbox.exchangePresence(id, say(true, 1))
        for (const id of ids.slice(i, i + 150)) inbox.exchangePresence(id, say(false, 2))
      }
      for (const id of ids) inbox.exchangePresence(id, say(true, 3))
    })
    expect((await openInbox(ana.token)).ready?.online).toHaveLength(200)
  })

  it('opens a socket within the minute after the last was closed', async () => {
    const [ana] = await createUsers('Ana')
    const first = await openInbox(ana.token)
    const now = Date.now()
    await runInDurableObject(inboxOf(ana), (inbox) => inbox.exchangePresence('bo', say(true, now)))
    first.close()
    await closedFor(ana)
    const answers = await runInDurableObject(inboxOf(ana), (inbox) =>
      Array.from({ length: 500 }, () =>
        inbox.exchangePresence(crypto.randomUUID(), say(true, now)),
      ),
    )
    expect(answers.filter(({ online }) => online)).toHaveLength(199)
    expect((await openInbox(ana.token)).ready?.online).toHaveLength(200)
  })
})

it('who opens a direct room and says nothing sees nobody, and is seen by nobody', async () => {
  const [ana, cy] = await createUsers('Ana', 'Cy')
  for (const one of [ana, cy]) await one.patch('/v1/me', { messagePolicy: 'everyone' })
  const [hers, theirs] = [await openInbox(ana.token), await openInbox(cy.token)]
  const { body } = await cy.post(`/v1/direct/${ana.id}`)
  await scheduler.wait(500)
  expect((await cy.get(`/v1/users/${ana.id}/presence`)).body.online).toBe(false)
  expect([...hers.of('presence'), ...theirs.of('presence')]).toEqual([])
  await cy.post(`/v1/rooms/${body.id}/messages`, newMessage('hello'))
  expect((await cy.get(`/v1/users/${ana.id}/presence`)).body.online).toBe(true)
})
