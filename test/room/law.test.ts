import { evictDurableObject } from 'cloudflare:test'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Event, Snapshot } from '../../src/schemas/events'
import type { Message, SharedMessage } from '../../src/schemas/messages'
import { openRoom, type Person, saying } from '../helpers/person'
import { apply } from '../helpers/replica'
import { connect, type RoomSocket } from '../helpers/socket'

const who = fc.constantFrom('ana', 'bo', 'cy')
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('post'), who, text: fc.string({ minLength: 1 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('post-socket'), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('edit'), who, nth: fc.nat(9) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete'), who, nth: fc.nat(9) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('reply', 'reply-socket', 'batch'),
      who,
      nth: fc.nat(9),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('react', 'react-socket', 'unreact', 'unreact-socket'),
      who,
      nth: fc.nat(4),
      emoji: fc.constantFrom('👍', '❤️', '🎉'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('pin', 'unpin'), nth: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('mention', 'erase'), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('join', 'leave'), who }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rename'), who, nth: fc.nat(99) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('topic', 'evict', 'mark'), who }) },
)

it('snapshot at N and the events after N are the snapshot now, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const { ana, bo, cy, room, path, stub } = await openRoom()
      const cast: Record<string, Person> = { ana, bo, cy }
      const sockets = new Map<string, RoomSocket>()
      const snapshot = async (): Promise<Snapshot> => {
        const { me: _, peer: _peer, ...shared } = (await ana.get(path)).body
        const page = (await ana.get(`${path}/messages`)).body
        return { seq: page.seq, room: shared, messages: page.items.map(toShared) }
      }
      const marks = [await snapshot()]
      let version = 1
      for (const [index, one] of steps.entries()) {
        const actor = 'who' in one ? (cast[one.who] as Person) : ana
        const nth = 'nth' in one ? one.nth : 0
        const target = `${path}/messages/${nth + 3}`
        if (one.do === 'post' && 'text' in one)
          await actor.post(`${path}/messages`, saying(`.${one.text}`))
        const send = async (command: object) => {
          const socket = sockets.get(actor.id) ?? (await connect(actor.token, room.id))
          sockets.set(actor.id, socket)
          socket.send({ ref: index, ...command })
          await socket.answer(index)
        }
        if (one.do === 'post-socket')
          await send({ do: 'message.post', ...saying('over the socket') })
        if (one.do === 'reply')
          await actor.post(`${path}/messages`, { ...saying('re'), replyTo: nth + 3 })
        if (one.do === 'reply-socket')
          await send({ do: 'message.post', ...saying('re'), replyTo: nth + 3 })
        if (one.do === 'batch') {
          const steps = [
            { do: 'message.post', ...saying('as one'), replyTo: nth + 3 },
            { do: 'reaction.add', of: 0, emoji: '🎉' },
            { do: 'message.pin', of: 0 },
          ]
          await ana.post(`${path}/batch`, { steps })
        }
        if (one.do === 'mention')
          await ana.post(`${path}/messages`, { ...saying('hey'), mentions: [actor.id] })
        if ('emoji' in one) {
          const at = `${target}/reactions/${encodeURIComponent(one.emoji)}/@me`
          const { emoji } = one
          if (one.do === 'react') await actor.put(at)
          if (one.do === 'unreact') await actor.delete(at)
          if (one.do === 'react-socket') await send({ do: 'reaction.add', seq: nth + 3, emoji })
          if (one.do === 'unreact-socket')
            await send({ do: 'reaction.remove', seq: nth + 3, emoji })
        }
        if (one.do === 'pin') await ana.put(`${path}/pins/${nth + 3}`)
        if (one.do === 'unpin') await ana.delete(`${path}/pins/${nth + 3}`)
        if (one.do === 'erase') await ana.delete(`${path}/messages?authorId=${actor.id}`)
        if (one.do === 'edit') await actor.patch(target, { text: `edit ${index}` })
        if (one.do === 'delete') await actor.delete(target)
        if (one.do === 'join') await actor.put(`${path}/members/@me`)
        if (one.do === 'leave') await actor.delete(`${path}/members/@me`)
        if (one.do === 'topic') await actor.patch(path, { topic: `topic ${index}` })
        if (one.do === 'rename') {
          version += 1
          const profile = {
            id: actor.id,
            username: `renamed${nth}`,
            displayName: `Renamed ${nth}`,
          }
          await stub.applyProfile({
            ...profile,
            version,
            suspendedUntil: null,
            deleted: false,
            erased: false,
          })
        }
        if (one.do === 'evict') await evictDurableObject(stub)
        if (one.do === 'mark') marks.push(await snapshot())
      }
      const now = await snapshot()
      for (const mark of marks) {
        const events = await eventsAfter(ana, path, mark.seq)
        expect(events.map(({ seq }) => seq)).toEqual(
          Array.from({ length: now.seq - mark.seq }, (_, i) => mark.seq + 1 + i),
        )
        expect(events.reduce(apply, mark)).toEqual(now)
      }
      for (const socket of sockets.values()) {
        await socket.until(
          () => (socket.events.at(-1)?.seq ?? now.seq) >= now.seq,
          'the last event',
        )
      }
    }),
    { numRuns: 25, seed: 20261122 },
  )
}, 60_000)

const toShared = (message: Message): SharedMessage => ({
  ...message,
  reactions: message.reactions.map(({ emoji, count }) => ({ emoji, count })),
})

async function eventsAfter(reader: Person, path: string, seq: number): Promise<Event[]> {
  const events: Event[] = []
  for (let after = seq; ; ) {
    const { body } = await reader.get(`${path}/events?after=${after}&limit=7`)
    events.push(...body.items)
    if (!body.more) return events
    after = body.items.at(-1).seq
  }
}
