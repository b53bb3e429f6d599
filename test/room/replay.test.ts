import { evictDurableObject } from 'cloudflare:test'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Event, Snapshot } from '../../src/schemas/events'
import type { Message, SharedMessage } from '../../src/schemas/messages'
import { newMessage } from '../fixtures/rooms'
import { createScenario, type Scenario } from '../fixtures/scenario'
import { connect, type RoomSocket } from '../fixtures/socket'
import type { User } from '../fixtures/users'
import { apply } from './replica'

interface Scene extends Scenario {
  actor: User
  /** One of the newest messages. */
  seq: number
  index: number
  emoji: string
  /** Sends a command over the actor's socket and waits for its answer. */
  send: (command: object) => Promise<unknown>
}

const given = ({ path, seq, emoji }: Scene) =>
  `${path}/messages/${seq}/reactions/${encodeURIComponent(emoji)}/@me`

/** All that someone may try; what is refused changes nothing, which is a step too. */
const acts = {
  post: ({ actor, path, index }: Scene) =>
    actor.post(`${path}/messages`, newMessage(`no. ${index}`)),
  'post over the socket': ({ send }: Scene) =>
    send({ do: 'message.post', ...newMessage('socket') }),
  edit: ({ actor, path, seq, index }: Scene) =>
    actor.patch(`${path}/messages/${seq}`, { text: `edit ${index}` }),
  delete: ({ actor, path, seq }: Scene) => actor.delete(`${path}/messages/${seq}`),
  erase: ({ ana, actor, path }: Scene) => ana.delete(`${path}/messages?authorId=${actor.id}`),
  reply: ({ actor, path, seq }: Scene) =>
    actor.post(`${path}/messages`, { ...newMessage('re'), replyTo: seq }),
  'reply over the socket': ({ send, seq }: Scene) =>
    send({ do: 'message.post', ...newMessage('re'), replyTo: seq }),
  mention: ({ ana, actor, path }: Scene) =>
    ana.post(`${path}/messages`, { ...newMessage('hey'), mentions: [actor.id] }),
  'mention all': ({ ana, path }: Scene) =>
    ana.post(`${path}/messages`, { ...newMessage('all'), mentionsRoom: true }),
  react: (scene: Scene) => scene.actor.put(given(scene)),
  'react over the socket': ({ send, seq, emoji }: Scene) =>
    send({ do: 'reaction.add', seq, emoji }),
  unreact: (scene: Scene) => scene.actor.delete(given(scene)),
  'unreact over the socket': ({ send, seq, emoji }: Scene) =>
    send({ do: 'reaction.remove', seq, emoji }),
  pin: ({ ana, path, seq }: Scene) => ana.put(`${path}/pins/${seq}`),
  unpin: ({ ana, path, seq }: Scene) => ana.delete(`${path}/pins/${seq}`),
  batch: ({ actor, path, seq, emoji }: Scene) =>
    actor.post(`${path}/batch`, {
      steps: [
        { do: 'message.post', ...newMessage('as one'), replyTo: seq },
        { do: 'reaction.add', of: 0, emoji },
        { do: 'reaction.remove', seq, emoji },
      ],
    }),
  join: ({ actor, path }: Scene) => actor.put(`${path}/members/@me`),
  leave: ({ actor, path }: Scene) => actor.delete(`${path}/members/@me`),
  topic: ({ ana, path, index }: Scene) => ana.patch(path, { topic: `topic ${index}` }),
  rename: ({ stub, actor, index }: Scene) =>
    stub.applyProfile({
      id: actor.id,
      username: `renamed${index}`,
      displayName: `Renamed ${index}`,
      avatar: null,
      version: index + 2,
      suspendedUntil: null,
      deleted: false,
      erased: false,
    }),
  evict: ({ stub }: Scene) => evictDurableObject(stub),
}

const often: (keyof typeof acts)[] = [
  'post',
  'reply',
  'react',
  'react over the socket',
  'unreact',
  'pin',
  'erase',
  'rename',
]
const step = fc.record({
  act: fc.constantFrom(...(Object.keys(acts) as (keyof typeof acts)[]), ...often, ...often),
  who: fc.constantFrom('ana' as const, 'bo' as const, 'cy' as const),
  nth: fc.nat(3),
  emoji: fc.constantFrom('👍', '❤️', '🎉'),
})
// A client may have joined at any time.
const MARK_EVERY = 3

it('snapshot at N and the events after N are the snapshot now, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
      const room = await createScenario()
      const { ana, path } = room
      const sockets = new Map<string, RoomSocket>()
      const snapshot = async (): Promise<Snapshot> => {
        const { me: _, peer: _peer, ...shared } = (await ana.get(path)).body
        const page = (await ana.get(`${path}/messages`)).body
        return { seq: page.seq, room: shared, messages: page.items.map(toShared) }
      }
      const marks = [await snapshot()]
      for (const [index, { act, who, nth, emoji }] of steps.entries()) {
        const actor = room[who]
        const send = async (command: object) => {
          const socket = sockets.get(who) ?? (await connect(actor.token, room.room.id))
          sockets.set(who, socket)
          socket.send({ ref: index, ...command })
          return socket.answer(index)
        }
        const { items } = (await ana.get(`${path}/messages?limit=4`)).body
        const { seq } = items[nth % items.length] ?? { seq: 1 }
        await acts[act]({ ...room, actor, seq, index, emoji, send })
        if (index % MARK_EVERY === 0) marks.push(await snapshot())
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
    { numRuns: 40, seed: 20261122 },
  )
})

const toShared = (message: Message): SharedMessage => ({
  ...message,
  reactions: message.reactions.map(({ emoji, count }) => ({ emoji, count })),
})

async function eventsAfter(reader: User, path: string, seq: number): Promise<Event[]> {
  const events: Event[] = []
  for (let after = seq; ; ) {
    const { body } = await reader.get(`${path}/events?after=${after}&limit=7`)
    events.push(...body.items)
    if (!body.more) return events
    after = body.items.at(-1).seq
  }
}
