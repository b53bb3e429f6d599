import { evictDurableObject } from 'cloudflare:test'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Event, Snapshot } from '../../src/schemas/events'
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
        const { me: _, ...shared } = (await ana.get(path)).body
        const page = (await ana.get(`${path}/messages`)).body
        return { seq: page.seq, room: shared, messages: page.items }
      }
      const marks = [await snapshot()]
      let version = 1
      for (const [index, one] of steps.entries()) {
        const actor = cast[one.who] as Person
        const nth = 'nth' in one ? one.nth : 0
        const target = `${path}/messages/${nth + 3}`
        if (one.do === 'post' && 'text' in one)
          await actor.post(`${path}/messages`, saying(`.${one.text}`))
        if (one.do === 'post-socket') {
          const socket = sockets.get(one.who) ?? (await connect(actor.token, room.id))
          sockets.set(one.who, socket)
          socket.send({ do: 'message.post', ref: index, ...saying('over the socket') })
          await socket.answer(index)
        }
        if (one.do === 'edit') await actor.patch(target, { text: `edit ${index}` })
        if (one.do === 'delete') await actor.delete(target)
        if (one.do === 'join') await actor.put(`${path}/members/@me`)
        if (one.do === 'leave') await actor.delete(`${path}/members/@me`)
        if (one.do === 'topic') await actor.patch(path, { topic: `topic ${index}` })
        if (one.do === 'rename') {
          version += 1
          const profile = {
            id: actor.id,
            username: `${one.who}${nth}`,
            displayName: `${one.who} ${nth}`,
            avatar: null,
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

async function eventsAfter(reader: Person, path: string, seq: number): Promise<Event[]> {
  const events: Event[] = []
  for (let after = seq; ; ) {
    const { body } = await reader.get(`${path}/events?after=${after}&limit=7`)
    events.push(...body.items)
    if (!body.more) return events
    after = body.items.at(-1).seq
  }
}
