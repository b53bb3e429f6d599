import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it } from 'vitest'
import { open } from '../../src/directory/database'
import { refold } from '../../src/directory/refold'
import { createUser, type User } from '../fixtures/users'

const found = async (user: User, search: string, more = '') => {
  const { body } = await user.get(`/v1/users?search=${encodeURIComponent(search)}${more}`)
  return body.items.map(({ displayName }: { displayName: string }) => displayName)
}

const wordsOf = async (user: User) => {
  const rows = env.DB.prepare('select word from name_words where user_id = ? order by word')
  return (await rows.bind(user.id).all<{ word: string }>()).results.map(({ word }) => word)
}

async function named(displayName: string): Promise<User> {
  const user = await createUser('Someone')
  await user.patch('/v1/me', { displayName })
  return user
}

// Other tests share the directory and generate usernames, so these names begin like nobody else's.
describe('people are found', () => {
  it('by any word of their name, whatever the case and the accents', async () => {
    const ana = await named('Xqenia Mqaría Łqopuszańska-Nqúñez')
    for (const search of [
      'xqe',
      'mqarí',
      'LQOPUSZANSKA',
      'mqaria lqopus',
      'xqenia mqaria l',
      'łqopusz',
      'nqunez',
      'lqopuszanska-nq',
      'mqaria lqopuszanska nqunez',
    ]) {
      expect([search, await found(ana, search)]).toEqual([
        search,
        ['Xqenia Mqaría Łqopuszańska-Nqúñez'],
      ])
    }
    for (const search of ['qaria', 'xqenia lqopus', 'mqaria l x']) {
      expect([search, await found(ana, search)]).toEqual([search, []])
    }
    const irem = await named('İrem Yılmaz')
    for (const search of ['irem', 'İREM', 'yilmaz', 'YILMAZ']) {
      expect([search, await found(irem, search)]).toEqual([search, ['İrem Yılmaz']])
    }
  })

  it('once each, in pages that miss nobody', async () => {
    const names = [
      'Zed Zquint',
      'Zquinn Zquill',
      'Abe Zquill Zquince',
      'Zquin',
      'Moe "Q" Zquinlan\\',
    ]
    const people = await Promise.all(names.map(named))
    const reader = people[0] as User
    const all: string[] = []
    let cursor = ''
    do {
      const { body } = await reader.get(`/v1/users?search=zqui&limit=1${cursor}`)
      all.push(...body.items.map(({ displayName }: { displayName: string }) => displayName))
      cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`
    } while (cursor !== '')
    expect(all.toSorted()).toEqual(names.toSorted())
  })

  it('by the name that they have, and by none once their account is deleted', async () => {
    const bo = await named('Bo Seeberg')
    await bo.patch('/v1/me', { displayName: 'Bo Waldheim' })
    expect([await found(bo, 'seeb'), await found(bo, 'wald')]).toEqual([[], ['Bo Waldheim']])
    expect(await wordsOf(bo)).toEqual(['waldheim'])
    const ana = await createUser('Ana')
    await bo.delete('/v1/me?now=true')
    expect(await found(ana, 'wald')).toEqual([])
    expect(await wordsOf(bo)).toEqual([])
  })
})

describe('names of before', () => {
  afterEach(() => env.DB.prepare('update users set fold_version = 1').run())

  it('are folded anew by the cron, people and rooms', async () => {
    const ana = await named('Łucja Grün')
    const { body: room } = await ana.post('/v1/rooms', { name: 'Öresund Żagle' })
    await env.DB.batch([
      env.DB.prepare(
        `update users set folded_name = 'łucja grün', fold_version = 0 where id = ?`,
      ).bind(ana.id),
      env.DB.prepare(
        `update rooms set name_key = 'öresund żagle', fold_version = 0 where id = ?`,
      ).bind(room.id),
    ])
    const roomsFound = async () => (await ana.get('/v1/rooms?search=oresund')).body.items.length
    expect([await found(ana, 'grun'), await roomsFound()]).toEqual([[], 0])
    await refold(open(env.DB))
    expect([await found(ana, 'grun'), await found(ana, 'lucja'), await roomsFound()]).toEqual([
      ['Łucja Grün'],
      ['Łucja Grün'],
      1,
    ])
  })

  it('are folded in slices until none is left', async () => {
    const people = await Promise.all(['Żó Ął', 'Żó Łę', 'Żó Źć'].map(named))
    for (const { id } of people) {
      const old = `update users set folded_name = 'old', fold_version = 0 where id = ?`
      await env.DB.prepare(old).bind(id).run()
    }
    await refold(open(env.DB), 1)
    expect(await Promise.all(people.map(wordsOf))).toEqual([['al'], ['le'], ['zc']])
  })
})
