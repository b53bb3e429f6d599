import { createScheduledController } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, it } from 'vitest'
import { runSweeps } from '../../src/cron'
import { open } from '../../src/directory/database'
import * as personalExports from '../../src/directory/personal-exports'
import { makePart, sweep } from '../../src/exports/personal-export'
import { removeOrphans, storePart } from '../../src/media/export-parts'
import { exportPartKey, exportsPrefix } from '../../src/media/object-keys'
import { stopClock } from '../fixtures/clock'
import { download, exportOf, readyOf } from '../fixtures/exports'
import { insertMemberships } from '../fixtures/fanout'
import { openInbox } from '../fixtures/inbox'
import { fetchService } from '../fixtures/service'
import {
  createGuest,
  createUser,
  logIn,
  PASSWORD,
  registerUser,
  signedIn,
  type User,
} from '../fixtures/users'

const directory = open(env.DB)
const HOUR = 60 * 60_000

/** Long messages in two rooms, and many rooms that are no more: several parts. */
async function createWriter(): Promise<User> {
  const ana = await createUser('Ana')
  for (const name of ['Pier', 'Harbour']) {
    const { body } = await ana.post('/v1/rooms', { name })
    const stub = env.ROOMS.get(env.ROOMS.idFromName(body.id))
    for (let i = 0; i < 320; i += 1)
      await stub.postMessage(
        { userId: ana.id },
        { nonce: `n${i}`, text: `${i} ${'x'.repeat(3900)}` },
      )
  }
  await insertMemberships(
    ana.id,
    Array.from({ length: 50 }, (_, i) => `gone-${ana.id}-${i}`),
  )
  return ana
}

const gate = () => Promise.withResolvers<void>()

type Around = (store: () => Promise<R2Object | null>) => Promise<R2Object | null>

/** Bindings of which nothing goes on by itself, and which break off where they are told. */
function stage(breaks: { before?: boolean; after?: boolean; around?: Around } = {}) {
  const put = async (...given: Parameters<R2Bucket['put']>) => {
    if (breaks.around) return breaks.around(() => env.MEDIA.put(...given))
    if (breaks.before) throw new Error('cut before')
    const stored = await env.MEDIA.put(...given)
    if (breaks.after) throw new Error('cut after')
    return stored
  }
  const MEDIA = new Proxy(env.MEDIA, {
    get: (bucket, name) => {
      if (name === 'put') return put
      const value = Reflect.get(bucket, name)
      return typeof value === 'function' ? value.bind(bucket) : value
    },
  })
  const PEOPLE = { send: async () => {} }
  return { ...env, MEDIA, PEOPLE } as unknown as Env
}

const isReady = async ({ id }: User) =>
  (await personalExports.find(directory, id))?.readyAt !== null
const textsOf = async (user: User) => {
  const { lines, files } = await download(await readyOf(user))
  const texts = lines.flatMap(({ type, data }) => (type === 'message' ? [String(data.text)] : []))
  return { texts, parts: [...files.keys()].filter((name) => name.startsWith('data/')).length }
}

describe('an export that breaks off', () => {
  it('goes on where it was, and has every message once, wherever it was cut and however many run', async () => {
    const ana = await createWriter()
    await personalExports.begin(directory, ana.id, Date.now())
    const message = { exportOf: ana.id }
    for (let tries = 0; !(await isReady(ana)); tries += 1) {
      expect(tries).toBeLessThan(50)
      for (const breaks of [{ before: true }, { after: true }])
        await makePart(stage(breaks), message).catch(() => {})
      await Promise.allSettled([makePart(stage(), message), makePart(stage(), message)])
    }
    const { texts, parts } = await textsOf(ana)
    expect(parts).toBeGreaterThan(2)
    expect(texts).toHaveLength(640)
    expect(new Set(texts.map((text) => text.slice(0, 4))).size).toBe(320)
  })

  it('has no gap, though two runs read something else and store one over the other', async () => {
    const ana = await createWriter()
    await personalExports.begin(directory, ana.id, Date.now())
    const [read, secondHasRead, stored, overwritten] = [gate(), gate(), gate(), gate()]
    const message = { exportOf: ana.id }
    const first = makePart(
      stage({
        around: async (store) => {
          read.resolve()
          await secondHasRead.promise
          const object = await store()
          stored.resolve()
          await overwritten.promise
          return object
        },
      }),
      message,
    )
    await read.promise
    // It comes before all others, so that a part of as many rows ends earlier.
    const [room] = (await ana.get('/v1/me/rooms')).body.items
      .map(({ id }: { id: string }) => id)
      .sort()
    const stub = env.ROOMS.get(env.ROOMS.idFromName(room))
    await stub.postMessage({ userId: ana.id }, { nonce: '!', text: 'late' })
    const second = makePart(
      stage({
        around: async (store) => {
          secondHasRead.resolve()
          await stored.promise
          const object = await store()
          overwritten.resolve()
          // The first one says where to go on.
          await first
          return object
        },
      }),
      message,
    )
    await Promise.all([first, second])
    while (!(await isReady(ana))) await makePart(stage(), message)
    const { texts } = await textsOf(ana)
    expect(texts.filter((text) => text !== 'late')).toHaveLength(640)
  })

  it('is continued by the sweep, when its message was lost', async () => {
    const clock = stopClock()
    const ana = await createUser('Ana')
    await personalExports.begin(directory, ana.id, Date.now())
    await sweep(env, Date.now())
    expect(await isReady(ana)).toBe(false)
    clock.advance(6 * 60_000)
    await sweep(env, Date.now())
    clock.restart()
    await readyOf(ana)
  })
})

describe('an export', () => {
  it('is told to the devices of its user when it is ready', async () => {
    const ana = await createUser('Ana')
    const inbox = await openInbox(ana.token)
    await exportOf(ana)
    await inbox.until(() => inbox.of('export.ready')[0], 'the notice')
    inbox.close()
  })

  it('takes a proof, and is one a day', async () => {
    const ana = await createUser('Ana')
    await env.DB.prepare('update sessions set proven_at = 0 where user_id = ?').bind(ana.id).run()
    expect((await ana.post('/v1/me/export')).body.code).toBe('proof_required')
    expect((await ana.get('/v1/me/export')).body.code).toBe('not_found')
    await env.DB.prepare('update sessions set proven_at = ? where user_id = ?')
      .bind(Date.now(), ana.id)
      .run()
    await exportOf(ana)
    expect((await ana.post('/v1/me/export')).body.code).toBe('too_many')
  })

  it('is downloaded by its links for a day, and by nothing else', async () => {
    const clock = stopClock()
    const [ana, bo] = [await createUser('Ana'), await createUser('Bo')]
    await Promise.all([exportOf(ana), exportOf(bo)])
    const [link = ''] = await readyOf(ana)
    expect((await fetchService(link)).status).toBe(200)
    expect((await fetchService(`${link}x`)).status).toBe(401)
    expect((await fetchService(`/v1/exports/${ana.token}`)).status).toBe(401)
    clock.advance(25 * HOUR)
    expect((await fetchService(link)).status).toBe(401)
    await sweep(env, Date.now())
    expect((await env.MEDIA.list({ prefix: exportsPrefix(ana.id) })).objects).toEqual([])
    expect(await personalExports.find(directory, ana.id)).toBeUndefined()
  })

  it('goes with the account, and its links with it', async () => {
    const [ana, bo] = [await createUser('Ana'), await createUser('Bo')]
    await Promise.all([exportOf(ana), exportOf(bo)])
    const [link = ''] = await readyOf(ana)
    expect((await ana.delete('/v1/me?now=true')).status).toBe(204)
    expect((await fetchService(link)).status).toBe(404)
    await sweep(env, Date.now())
    expect((await env.MEDIA.list({ prefix: exportsPrefix(ana.id) })).objects).toEqual([])
    expect((await env.MEDIA.list({ prefix: exportsPrefix(bo.id) })).objects).toHaveLength(1)
  })

  it('of a hidden account stands still and is nowhere, and both are back when that is', async () => {
    const [ana, bo] = await Promise.all([registerUser('ana'), registerUser('bo')])
    await exportOf(ana)
    const [link = ''] = await readyOf(ana)
    await personalExports.begin(directory, bo.id, Date.now())
    for (const user of [ana, bo]) expect((await user.delete('/v1/me')).status).toBe(204)
    expect((await fetchService(link)).status).toBe(404)
    await makePart(stage(), { exportOf: bo.id })
    // The clock stays: what limits the hashing of passwords goes by it.
    await env.DB.prepare('update exports set stepped_at = stepped_at - 360000 where user_id = ?')
      .bind(bo.id)
      .run()
    await sweep(env, Date.now())
    expect((await env.MEDIA.list({ prefix: exportsPrefix(bo.id) })).objects).toEqual([])
    expect(await personalExports.listStalled(directory, Date.now())).not.toContain(bo.id)
    const back = ({ username }: User) => logIn({ username, password: PASSWORD }).then(signedIn)
    const [, again] = [await back(ana), await back(bo)]
    expect((await fetchService(link)).status).toBe(200)
    await sweep(env, Date.now())
    await readyOf(again)
  })

  it('outlives no account: neither one that was hidden, nor a guest who was swept', async () => {
    const [ana, gus] = [await registerUser('ana'), await createGuest('Gus')]
    await Promise.all([exportOf(ana), exportOf(gus)])
    await ana.delete('/v1/me')
    await env.DB.prepare('update users set deletion_due_at = 1 where id = ?').bind(ana.id).run()
    await env.DB.prepare('update users set guest_until = 1 where id = ?').bind(gus.id).run()
    await env.DB.prepare('delete from sessions where user_id = ?').bind(gus.id).run()
    await runSweeps(createScheduledController(), env)
    await sweep(env, Date.now())
    const left = env.DB.prepare('select count(*) as n from exports where user_id = ?')
    for (const { id } of [ana, gus]) {
      expect(await left.bind(id).first('n')).toBe(0)
      expect((await env.MEDIA.list({ prefix: exportsPrefix(id) })).objects).toEqual([])
    }
  })

  it('that begins while what is left of the one before is swept keeps what it has stored', async () => {
    const userId = crypto.randomUUID()
    const part = { lines: 'x', position: null }
    await storePart(env.MEDIA, { userId, id: 'before' }, 0, part)
    await removeOrphans(env.MEDIA, async (userIds) => {
      const named = await personalExports.idsOf(directory, userIds)
      // It begins behind the answer, which does not name it.
      await storePart(env.MEDIA, { userId, id: 'next' }, 0, part)
      return named
    })
    const { objects } = await env.MEDIA.list({ prefix: exportsPrefix(userId) })
    expect(objects.map(({ key }) => key)).toEqual([exportPartKey(userId, 'next', 0)])
  })
})
