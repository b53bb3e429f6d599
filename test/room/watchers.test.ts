import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { NewsAnswer, RoomNews } from '../../src/inbox/room-news'
import { Watchers } from '../../src/room/watch/watchers'
import type { Room } from '../../src/schemas/rooms'

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

interface Told extends RoomNews {
  userId: string
}

/** A room that counts its changes, and inboxes that answer what a test says. */
async function inRoom(
  work: (room: {
    watchers: Watchers
    told: Told[]
    answers: Map<string, (news: RoomNews) => Promise<NewsAnswer | null>>
    change: () => void
    leave: (userId: string) => void
    stored: () => number
    /** The same after the object woke. */
    wake: (mayHaveLost: boolean) => Watchers
  }) => Promise<void>,
): Promise<void> {
  const stub = env.INBOXES.get(env.INBOXES.newUniqueId())
  await runInDurableObject(stub, async (_, { storage }) => {
    const { sql } = storage
    sql.exec('create table watchers (user_id text primary key, epoch integer not null)')
    const told: Told[] = []
    const answers = new Map<string, (news: RoomNews) => Promise<NewsAnswer | null>>()
    const gone = new Set<string>()
    let version = 0
    const wake = (mayHaveLost: boolean) =>
      new Watchers({
        sql,
        mayHaveLost,
        roomId: () => 'a',
        readFor: (userIds) =>
          new Map(
            userIds.map((id) => [
              id,
              { version, room: gone.has(id) ? null : ({ id: 'a' } as Room) },
            ]),
          ),
        tell: (userId, news) => {
          told.push({ userId, ...news })
          const answer = answers.get(userId)?.(news) ?? Promise.resolve({})
          return answer as Promise<NewsAnswer>
        },
        waitUntil: () => {},
        onError: () => {},
      })
    const watchers = wake(false)
    await work({
      wake,
      watchers,
      told,
      answers,
      change: () => {
        version += 1
        watchers.changed('messages', Date.now())
      },
      leave: (userId) => gone.add(userId),
      stored: () => sql.exec<{ n: number }>('select count(*) as n from watchers').one().n,
    })
  })
}

/** Lets promises settle, and a second pass. */
async function second(): Promise<void> {
  for (let i = 0; i < 20; i += 1) await Promise.resolve()
  vi.advanceTimersByTime(1000)
  for (let i = 0; i < 20; i += 1) await Promise.resolve()
}

it('tells the room whole at first where it may have fallen before it told everything', () =>
  inRoom(async ({ watchers, told, wake }) => {
    watchers.watch('ana', 1)
    wake(false).changed('messages', Date.now())
    wake(true).changed('messages', Date.now())
    expect(told.map(({ why }) => why)).toEqual(['messages', 'settings'])
  }))

it('tells whoever begins to watch by an answer of what came since they were told', () =>
  inRoom(async ({ watchers, told, answers, change }) => {
    answers.set('ana', async () => ({ watching: 1 }))
    watchers.notify({ userId: 'ana', why: 'added' })
    change()
    await second()
    answers.delete('ana')
    await second()
    expect(told.map(({ why, version }) => [why, version]).slice(0, 2)).toEqual([
      ['added', 0],
      ['messages', 1],
    ])
    expect(told).toHaveLength(2)
  }))

it('tells nobody where nobody watches, and starts no timer', () =>
  inRoom(async ({ told, change }) => {
    change()
    expect(told).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  }))

it('tells the first change at once, those that follow once a second with the last value', () =>
  inRoom(async ({ watchers, told, change }) => {
    watchers.watch('ana', 1)
    for (let i = 0; i < 5; i += 1) change()
    expect(told.map(({ version }) => version)).toEqual([1])
    await second()
    expect(told.map(({ version }) => version)).toEqual([1, 5])
    await second()
    expect(told).toHaveLength(2)
    expect(vi.getTimerCount()).toBe(0)
  }))

it('tells twenty inboxes at once and a hundred a second, in turn, so that in a crowd nobody waits for ever', () =>
  inRoom(async ({ watchers, told, change }) => {
    for (let i = 0; i < 250; i += 1) watchers.watch(`u${i}`, 1)
    change()
    expect(told).toHaveLength(20)
    vi.advanceTimersByTime(100)
    expect(told).toHaveLength(100)
    change()
    await second()
    change()
    expect(told).toHaveLength(200)
    await second()
    expect(new Set(told.map(({ userId }) => userId)).size).toBe(250)
    expect(told).toHaveLength(300)
  }))

it('a late word of an inbox does not end what it has asked for since', () =>
  inRoom(async ({ watchers, answers, change, stored }) => {
    let answer: (value: NewsAnswer) => void = () => {}
    answers.set('ana', () => new Promise((resolve) => (answer = resolve)))
    watchers.watch('ana', 1)
    change()
    watchers.watch('ana', 2)
    answer({ ended: 1 })
    await second()
    expect(watchers.has('ana')).toBe(true)
    expect(stored()).toBe(1)
    // Nor does an older request take the place of a newer one.
    watchers.watch('ana', 1)
    answers.set('ana', async ({ epoch }) => ({ ended: epoch }))
    change()
    await second()
    await second()
    expect(watchers.has('ana')).toBe(false)
    expect(stored()).toBe(0)
  }))

it('an inbox that does not answer is told again, a few times and no more', () =>
  inRoom(async ({ watchers, told, answers, change }) => {
    answers.set('ana', async () => null)
    watchers.watch('ana', 1)
    change()
    for (let i = 0; i < 10; i += 1) await second()
    expect(told).toHaveLength(3)
    answers.delete('ana')
    change()
    await second()
    expect(told).toHaveLength(4)
  }))

it('a marker that is told before the settings are brings these along, for both have one version', () =>
  inRoom(async ({ watchers, told, change }) => {
    watchers.watch('ana', 1)
    change()
    watchers.changed('settings', Date.now())
    watchers.markerMoved('ana', Date.now())
    expect(told.map(({ why }) => why)).toEqual(['messages', 'settings'])
  }))

it('settings that did not arrive are told as settings again', () =>
  inRoom(async ({ watchers, told, answers }) => {
    answers.set('ana', async () => null)
    watchers.watch('ana', 1)
    watchers.changed('settings', Date.now())
    await second()
    answers.delete('ana')
    await second()
    expect(told.map(({ why }) => why)).toEqual(['settings', 'settings', 'settings'])
    watchers.changed('messages', Date.now())
    await second()
    expect(told.at(-1)?.why).toBe('messages')
  }))

it('tells a marker at once, of each once a second, and of a hundred people a second', () =>
  inRoom(async ({ watchers, told, change }) => {
    watchers.watch('ana', 1)
    change()
    const markers = () => told.filter(({ why }) => why === 'marker').map(({ userId }) => userId)
    watchers.markerMoved('bo', Date.now())
    watchers.markerMoved('bo', Date.now())
    expect(markers()).toEqual(['bo'])
    await second()
    expect(markers()).toEqual(['bo', 'bo'])
    await second()
    for (let i = 0; i < 150; i += 1) watchers.markerMoved(`u${i}`, Date.now())
    // And the first of those that wait, as a round is due.
    expect(markers()).toHaveLength(103)
    await second()
    vi.advanceTimersByTime(100)
    expect(new Set(markers()).size).toBe(151)
    await second()
    expect(vi.getTimerCount()).toBe(0)
  }))

it('who is no longer there is told that, and nothing after it', () =>
  inRoom(async ({ watchers, told, change, leave }) => {
    watchers.watch('ana', 1)
    leave('ana')
    change()
    await second()
    change()
    await second()
    expect(told.map(({ room, why }) => [room, why])).toEqual([[null, 'removed']])
    expect(watchers.has('ana')).toBe(false)
  }))
