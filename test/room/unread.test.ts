import { evictDurableObject } from 'cloudflare:test'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Event } from '../../src/schemas/events'
import type { SharedMessage } from '../../src/schemas/messages'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import type { User } from '../fixtures/users'

const who = fc.constantFrom('ana', 'bo', 'cy')
const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('post'), who }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('reply'),
      who,
      nth: fc.nat(15),
      also: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('mention'), who, whom: who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('all', 'all-and'), whom: who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete'), who, nth: fc.nat(15) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('erase'), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('join', 'leave'), who }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('mark'),
      who,
      nth: fc.nat(15),
      unread: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'evict' as const }) },
)

it('what is unread is what a client counts from the log, in the room and in the list of rooms', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      const { ana, bo, cy, room, path, stub } = await createScenario()
      const cast: Record<string, User> = { ana, bo, cy }
      const messages = `${path}/messages`
      for (const one of steps) {
        const actor = 'who' in one ? (cast[one.who] as User) : ana
        const mentions = 'whom' in one ? [(cast[one.whom] as User).id] : []
        const seq = 'nth' in one ? one.nth : 0
        if (one.do === 'post') await actor.post(messages, newMessage('hi'))
        if (one.do === 'reply')
          await actor.post(messages, {
            ...newMessage('re'),
            replyTo: seq,
            alsoInRoom: one.also,
          })
        if (one.do === 'mention') await actor.post(messages, { ...newMessage('you'), mentions })
        if (one.do === 'all') await ana.post(messages, { ...newMessage('all'), mentionsRoom: true })
        if (one.do === 'all-and')
          await ana.post(messages, { ...newMessage('all'), mentions, mentionsRoom: true })
        if (one.do === 'delete') await actor.delete(`${messages}/${seq}`)
        if (one.do === 'erase') await ana.delete(`${messages}?authorId=${actor.id}`)
        if (one.do === 'join') await actor.put(`${path}/members/@me`)
        if (one.do === 'leave') await actor.delete(`${path}/members/@me`)
        if ('unread' in one) await actor.put(`${path}/read-marker`, { seq, unread: one.unread })
        if (one.do === 'evict') await evictDurableObject(stub)
      }
      const log: Event[] = (await ana.get(`${path}/events?after=0&limit=100`)).body.items
      const posted = log.flatMap((event) =>
        event.type === 'message.posted' ? [event.message] : [],
      )
      for (const person of [ana, bo, cy]) {
        const { me, seq } = (await person.get(path)).body
        if (!me) continue
        const after = posted.filter((message) => message.seq > me.readSeq)
        const counted = {
          unread: after.filter(({ replyTo, alsoInRoom }) => replyTo === null || alsoInRoom).length,
          unreadMentions: after.filter((message) => isFor(person, message)).length,
        }
        expect(me).toMatchObject(counted)
        const { body } = await person.get(`/v1/me/rooms?seen=${room.id}:${seq}`)
        expect(body.items[0].me).toMatchObject(counted)
      }
    }),
    { numRuns: 15, seed: 20261122 },
  )
})

const isFor = ({ id }: User, { mentions, mentionsRoom }: SharedMessage) =>
  mentionsRoom || mentions.includes(id)
