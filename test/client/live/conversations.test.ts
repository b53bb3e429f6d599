// Three people, one of them in two tabs, talk at random on a bad network: frames and requests are cut, late and unanswered, laptops
// are closed, somebody is offline for ten minutes, and clocks are wrong. In the end each has what the service has: nothing lost,
// doubled or out of order.
// CLIENT_SEEDS=1000 npm run test:client runs the long form.
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Chat, type Message, type Room } from '../../../src/client/chatroom-client'
import { type Faults, faults } from '../../../src/client/faults'
import { type Service, start } from '../../proof/service.ts'
import { registered, until } from './people'

const SEEDS = Number(process.env.CLIENT_SEEDS ?? 3)
const STEPS = 60
const HISTORY = 60
const BAD: Required<Faults> = { cut: '4%', delayMs: [0, 60], loseAnswers: '10%' }

let service: Service
/** Each with a network of their own. The last is another tab of the first. */
let clients: Chat[]
const networks: Faults[] = [{}, {}, {}, {}]
const GOOD: Required<Faults> = { cut: 0, delayMs: [0, 0], loseAnswers: 0 }

before(async () => {
  service = await start()
  const options = networks.map((network) => ({ ...faults(network), answerMs: 1_000 }))
  clients = await Promise.all(options.slice(1).map((given) => registered(service.url, given)))
  const [first] = clients as [Chat]
  const backOff = { base: 50, max: 500 }
  const token = () => first.session.token()
  clients.push(new Chat(service.url, { ...options[0], backOff, token }))
})

after(async () => {
  Date.now = realNow
  for (const chat of clients) chat.close()
  await service.stop()
})

const realNow = Date.now
/** How wrong the clocks are, in milliseconds. */
let skew = 0
Date.now = () => realNow() + skew

const networkOf = (client: number) => networks[(client + 1) % networks.length] as Faults

/** Nothing goes through, or nothing arrives for a while: offline, or a laptop that is closed. */
async function without(client: number, what: Faults, ms: number): Promise<void> {
  Object.assign(networkOf(client), what)
  await pause(ms)
  Object.assign(networkOf(client), BAD)
}

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

async function step(
  room: Room,
  client: number,
  pick: (below: number) => number,
  written: string[],
): Promise<void> {
  const known = room.log.messages.list()
  const some = known[pick(Math.max(known.length, 1))]
  const mine = known.filter(({ author, deletedAt }) => author.id === room.chat.userId && !deletedAt)
  const own = mine[pick(Math.max(mine.length, 1))]
  const kind = pick(24)
  if (kind < 10 || !some) {
    const text = `${client} ${written.length}`
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
    const text = `${client} ${written.length}`
    written.push(text)
    room.send({ text, replyTo: some.replyTo ?? some.seq, alsoInRoom: pick(2) === 1 })
  } else if (kind < 20) await without(client, { cut: 1 }, pick(1_500))
  else if (kind < 21) {
    // Ten minutes without a network: when it is back, the token has expired and every socket is long gone.
    await without(client, { cut: 1 }, pick(500))
    skew += 600_000
  } else if (kind < 22) await without(client, { delayMs: [1_200, 1_500] }, pick(1_500))
  else if (kind < 23) skew = [0, 86_400_000, -86_400_000][pick(3)] ?? 0
}

/** More than a page was written before the others came, and they had reacted to some of it. */
async function begin([first, ...others]: [Room, ...Room[]], written: string[]): Promise<void> {
  first.open()
  for (let count = 0; count < HISTORY; count += 1) {
    const text = `0 ${written.length}`
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
    for (const network of networks) Object.assign(network, GOOD)
    const [owner] = clients as [Chat]
    const { id } = await owner.createRoom({ name: `Conversation ${seed}` })
    const rooms = clients.map((chat) => chat.room(id))
    const written: string[] = []
    await begin(rooms as [Room, ...Room[]], written)
    for (const network of networks) Object.assign(network, BAD)

    const acts: Promise<void>[] = []
    for (let count = 0; count < STEPS; count += 1) {
      const client = pick(rooms.length)
      const room = rooms[client] as Room
      // A request that was cut is for the front end to ask again; what it did or not, all must see the same.
      acts.push(step(room, client, pick, written).catch(() => {}))
      if (pick(3) === 0) await pause(pick(40))
    }
    await Promise.all(acts)
    for (const network of networks) Object.assign(network, GOOD)

    await until('all is sent', () => rooms.every((room) => room.unsent().every(isFailed)))
    // What the service has: frames about the last of it may be on their way to everybody.
    const { seq } = await owner.request<{ seq: number }>('GET', `/v1/rooms/${id}`)
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
    // What was written in each tab is in the order in which it was written.
    for (const client of clients.keys()) {
      const own = truth.filter(({ text }) => text?.startsWith(`${client} `))
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
