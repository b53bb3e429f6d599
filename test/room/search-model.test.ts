import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Message } from '../../src/schemas/messages'
import type { SearchResult } from '../../src/schemas/search'
import { newMessage } from '../fixtures/rooms'
import { createScenario, type Scenario } from '../fixtures/scenario'
import type { User } from '../fixtures/users'

type Scene = Scenario

const vocabulary = ['sail', 'Sails', 'éte', 'ETE', 'oar', 'o', 'x-y', '東京', '京', '🎉', "don't"]
const text = fc
  .array(fc.constantFrom(...vocabulary), { minLength: 1, maxLength: 5 })
  .map((said) => said.join(' '))

const step = fc.record({
  act: fc.constantFrom('post', 'post', 'post', 'edit', 'delete', 'erase', 'purge', 'evict', 'ask'),
  who: fc.constantFrom('ana' as const, 'bo' as const),
  nth: fc.nat(9),
  text,
})

/** A query, and in the plainest way whether it should find a message. */
const queries: { q: (scene: Scene) => string; finds: (m: Said, scene: Scene) => boolean }[] = [
  { q: () => 'sail', finds: ({ words }) => words.includes('sail') },
  { q: () => 'sai*', finds: ({ words }) => words.some((word) => word.startsWith('sai')) },
  { q: () => 'ÉTE', finds: ({ words }) => words.includes('ete') },
  {
    q: () => 'oar sails',
    finds: ({ words }) => words.includes('oar') && words.includes('sails'),
  },
  { q: () => '"oar sail"', finds: ({ words }) => ` ${words.join(' ')} `.includes(' oar sail ') },
  { q: () => 'x-y', finds: ({ words }) => ` ${words.join(' ')} `.includes(' x y ') },
  { q: () => '京', finds: ({ message }) => message.text?.includes('京') ?? false },
  { q: () => '東京', finds: ({ message }) => message.text?.includes('東京') ?? false },
  { q: () => '🎉', finds: ({ message }) => message.text?.includes('🎉') ?? false },
  {
    q: ({ bo }) => `o from:${bo.username}`,
    finds: ({ words, message }, { bo }) => words.includes('o') && message.author.id === bo.id,
  },
  { q: () => 'from:@me', finds: ({ message }, { ana }) => message.author.id === ana.id },
]

interface Said {
  message: Message
  /** In the order they stand in; those of other scripts and emoji part what is around them. */
  words: string[]
}

const said = (message: Message): Said => ({
  message,
  words: (message.text ?? '')
    .toLowerCase()
    .replaceAll('é', 'e')
    .split(/[^a-z東京🎉]+/u)
    .filter((word) => word !== ''),
})

async function all(who: User, path: string, cursorOf: (body: Page) => string | null) {
  const found: unknown[] = []
  for (let next: string | null = ''; next !== null; ) {
    const { status, body } = await who.get(`${path}${next}`)
    expect(status).toBe(200)
    found.push(...body.items)
    next = cursorOf(body)
  }
  return found
}

interface Page {
  older?: number
  nextCursor?: string
}

it('search finds what reading everything finds, whatever happened', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 30 }), async (steps) => {
      const scene = await createScenario()
      const { ana, bo, path, stub } = scene
      const compare = async (index: number) => {
        const messages = (await all(ana, `${path}/messages?limit=40`, ({ older }) =>
          older ? `&before=${older}` : null,
        )) as Message[]
        const alive = messages.filter(({ deletedAt }) => deletedAt === null).map(said)
        const query = queries[index % queries.length]
        if (!query) return
        const expected = alive
          .filter((one) => query.finds(one, scene))
          .map(({ message }) => message)
        for (const order of ['newest', 'relevance']) {
          const q = encodeURIComponent(query.q(scene))
          const results = (await all(
            ana,
            `${path}/search?q=${q}&order=${order}&limit=3`,
            ({ nextCursor }) => (nextCursor ? `&cursor=${nextCursor}` : null),
          )) as SearchResult[]
          const found = results.map(({ message }) => message)
          if (order === 'relevance') found.sort((a, b) => b.seq - a.seq)
          expect([query.q(scene), found]).toEqual([query.q(scene), expected])
        }
      }
      for (const [index, { act, who, nth, text }] of steps.entries()) {
        const actor = scene[who]
        const { items } = (await ana.get(`${path}/messages?limit=10`)).body
        const seq = items[nth % Math.max(items.length, 1)]?.seq ?? 1
        if (act === 'post') await actor.post(`${path}/messages`, newMessage(text))
        if (act === 'edit') await actor.patch(`${path}/messages/${seq}`, { text })
        if (act === 'delete') await actor.delete(`${path}/messages/${seq}`)
        if (act === 'erase') await ana.delete(`${path}/messages?authorId=${bo.id}`)
        if (act === 'purge') await runDurableObjectAlarm(stub)
        if (act === 'evict') await evictDurableObject(stub)
        if (act === 'ask') await compare(index + nth)
      }
      for (let index = 0; index < queries.length; index += 1) await compare(index)
    }),
    { numRuns: env.THOROUGH ? 100 : 10, seed: 20261122 },
  )
})
