// Three clients on a bad network talk at random. In the end each has what the service has: nothing lost, doubled or out of order.
// CLIENT_SEEDS=1000 npm run test:client runs the long form.
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Chat, Message, Room } from '../../../src/client/chatroom-client'
import { type Faults, faults } from '../../../src/client/faults'
import { type Service, start } from '../../proof/service.ts'
import { registered, until } from './people'

const SEEDS = Number(process.env.CLIENT_SEEDS ?? 3)
const STEPS = 60
const HISTORY = 60
const BAD: Required<Faults> = { cut: '4%', delayMs: [0, 60], loseAnswers: '10%' }

let service: Service
let people: Chat[]
const weather: Faults = {}

before(async () => {
  service = await start()
  const network = { ...faults(weather), answerMs: 1_000 }
  people = await Promise.all([1, 2, 3].map(() => registered(service.url, network)))
})

after(async () => {
  for (const chat of people) chat.close()
  await service.stop()
})

/** mulberry32: the same numbers for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % below
  }
}

/** What the service has, as this user sees it, oldest first. */
async function stored(chat: Chat, room: Room): Promise<Message[]> {
  const all: Message[] = []
  for (let before: number | null = 0; before !== null; ) {
    const query: string = before ? `&before=${before}` : ''
    const path = room.path(`messages?limit=100${query}`)
    const page: { items: Message[]; older: number | null } = await chat.request('GET', path)
    all.push(...page.items)
    before = page.older
  }
  return all.reverse()
}

async function step(room: Room, pick: (below: number) => number, written: string[]): Promise<void> {
  const known = room.log.messages.list()
  const some = known[pick(Math.max(known.length, 1))]
  const mine = known.filter(({ author, deletedAt }) => author.id === room.chat.userId && !deletedAt)
  const own = mine[pick(Math.max(mine.length, 1))]
  const kind = pick(20)
  if (kind < 10 || !some) {
    const text = `${room.chat.userId} ${written.length}`
    written.push(text)
    room.send(text)
  } else if (kind < 13) await room.react(some.seq, pick(2) ? '👍' : '🎉', pick(3) > 0)
  else if (kind < 14 && own) await room.edit(own.seq, `${own.text} edited`)
  else if (kind < 15 && own) await room.delete(own.seq)
  else if (kind < 16) await room.loadOlder()
  else if (kind < 17) {
    room.close()
    await pause(pick(200))
    room.reopen()
  } else if (kind < 18 && !some.deletedAt) {
    const text = `${room.chat.userId} ${written.length}`
    written.push(text)
    room.send({ text, replyTo: some.replyTo ?? some.seq, alsoInRoom: pick(2) === 1 })
  }
}

/** More than a page was written before the others came, and they had reacted to some of it. */
async function begin([first, ...others]: [Room, ...Room[]], written: string[]): Promise<void> {
  first.open()
  for (let count = 0; count < HISTORY; count += 1) {
    const text = `${first.chat.userId} ${written.length}`
    written.push(text)
    first.send(text)
  }
  await until('the history is sent', () => first.unsent().length === 0)
  for (const message of first.log.messages.list().slice(-6)) {
    for (const room of others) await room.react(message.seq, '👍')
  }
  for (const room of others) room.open()
}

for (let seed = 1; seed <= SEEDS; seed += 1) {
  it(`conversation ${seed} ends with the same list everywhere`, async () => {
    const pick = random(seed)
    Object.assign(weather, { cut: 0, delayMs: [0, 0], loseAnswers: 0 })
    const [owner] = people as [Chat]
    const { id } = await owner.createRoom({ name: `Conversation ${seed}` })
    const rooms = people.map((chat) => chat.room(id))
    const written: string[] = []
    await begin(rooms as [Room, ...Room[]], written)
    Object.assign(weather, BAD)

    const acts: Promise<void>[] = []
    for (let count = 0; count < STEPS; count += 1) {
      const room = rooms[pick(rooms.length)] as Room
      // A request that was cut is for the front end to ask again; what it did or not, all must see the same.
      acts.push(step(room, pick, written).catch(() => {}))
      if (pick(3) === 0) await pause(pick(40))
    }
    await Promise.all(acts)
    Object.assign(weather, { cut: 0, delayMs: [0, 0], loseAnswers: 0 })

    await until('all is sent', () => rooms.every((room) => room.unsent().every(isFailed)))
    const seq = Math.max(...rooms.map((room) => room.log.seq ?? 0))
    await until('all are complete', () =>
      rooms.every(
        (room) => room.view.getSnapshot().state === 'complete' && (room.log.seq ?? 0) >= seq,
      ),
    )
    for (const room of rooms) {
      while (room.log.hasOlder) await room.loadOlder()
      const truth = await stored(room.chat as Chat, room)
      assert.deepEqual(room.log.messages.list(), truth)
      assert.equal(room.log.seq, truth.length > 0 ? room.log.room?.seq : 0)
    }
    const truth = await stored(owner, rooms[0] as Room)
    const failed = rooms.flatMap((room) => room.unsent().map(({ text }) => text))
    assert.equal(truth.length + failed.length, written.length, `${failed.length} failed`)
    assert.equal(new Set(truth.map(({ nonce }) => nonce)).size, truth.length)
    // Each author's messages are in the order in which they were written.
    for (const { userId } of people) {
      const own = truth.filter(({ author, text }) => author.id === userId && text !== null)
      const numbers = own.map(({ text }) => Number(text?.split(' ')[1]))
      assert.deepEqual(
        numbers,
        numbers.toSorted((a, b) => a - b),
      )
    }
    for (const room of rooms) room.close()
  })
}

/** A reply to what was deleted meanwhile is refused. */
const isFailed = ({ status }: { status: string }) => status === 'failed'
