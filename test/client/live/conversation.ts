// Runs in a worker of its own, so that a conversation has a clock and a chance of its own, and several run at once.
import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { Chat, type Message, type Room } from '../../../src/client/chatroom-client'
import { type Faults, faults } from '../../../src/client/faults'
import { registered, until } from './people'

const { url, lane } = workerData as { url: string; lane: number }

const STEPS = 60
const HISTORY = 60
const GOOD: Required<Faults> = { cut: 0, delayMs: [0, 0], loseAnswers: 0 }
const BAD: Required<Faults> = { cut: '4%', delayMs: [0, 60], loseAnswers: '10%' }

/** One of each client. The last is another tab of the first. */
const networks: Faults[] = [{}, {}, {}, {}]

const realNow = Date.now
/** How wrong the clocks are, in milliseconds. */
let skew = 0
Date.now = () => realNow() + skew

/** One network may register only so many. */
const from =
  (address: string): typeof fetch =>
  (asked, init) =>
    fetch(asked, { ...init, headers: { ...init?.headers, 'CF-Connecting-IP': address } })

async function meet(): Promise<Chat[]> {
  const options = networks.map((network, client) => ({
    ...faults(network, { fetch: from(`10.1.${lane}.${client}`) }),
    answerMs: 1_000,
    backOff: { base: 50, max: 500 },
  }))
  const people = await Promise.all(options.slice(0, 3).map((given) => registered(url, given)))
  const [first] = people as [Chat]
  const { session } = first
  // By a clock that is wrong the first tab may hold a token for good that the service refused the other.
  const token = (refused?: string) => (refused ? session.replace(refused) : session.token())
  return [...people, new Chat(url, { ...options[3], token })]
}

/** Nothing goes through, or nothing arrives for a while: offline, or a laptop that is closed. */
async function without(client: number, what: Faults, ms: number): Promise<void> {
  Object.assign(networks[client] as Faults, what)
  await pause(ms)
  Object.assign(networks[client] as Faults, BAD)
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
async function stored(room: Room): Promise<Message[]> {
  const all: Message[] = []
  for (let before: number | null = 0; before !== null; ) {
    const query: string = before ? `&before=${before}` : ''
    const path = room.path(`messages?limit=100${query}`)
    const page: { items: Message[]; older: number | null } = await room.chat.request('GET', path)
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

/** All that the seed decides. */
async function converse(rooms: Room[], pick: (below: number) => number): Promise<string[]> {
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
  return written
}

/** Everybody comes to have what the service has. */
async function agree(rooms: Room[], written: string[]): Promise<void> {
  const [{ chat: owner, id }] = rooms as [Room]
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
    const truth = await stored(room)
    const known = room.log.messages.list()
    for (const [place, message] of truth.entries()) assert.deepEqual(known[place], message)
    assert.equal(known.length, truth.length)
    assert.equal(room.log.seq, truth.length > 0 ? room.log.room?.seq : 0)
  }
  const truth = await stored(rooms[0] as Room)
  const failed = rooms.flatMap((room) => room.unsent().map(({ text }) => text))
  assert.equal(truth.length + failed.length, written.length, `${failed.length} failed`)
  assert.equal(new Set(truth.map(({ nonce }) => nonce)).size, truth.length)
  // What was written in each tab is in the order in which it was written.
  for (const client of rooms.keys()) {
    const own = truth.filter(({ text }) => text?.startsWith(`${client} `))
    const numbers = own.map(({ text }) => Number(text?.split(' ')[1]))
    assert.deepEqual(
      numbers,
      numbers.toSorted((a, b) => a - b),
    )
  }
}

/** A reply to what was deleted meanwhile is refused. */
const isFailed = ({ status }: { status: string }) => status === 'failed'

async function run(clients: Chat[], seed: number): Promise<void> {
  const pick = random(seed)
  const chance = random(~seed)
  // The same faults happen again, as far as the machine allows.
  Math.random = () => chance(2 ** 32) / 2 ** 32
  skew = 0
  for (const network of networks) Object.assign(network, GOOD)
  const [owner] = clients as [Chat]
  const { id } = await owner.createRoom({ name: `Conversation ${seed}` })
  const rooms = clients.map((chat) => chat.room(id))
  try {
    await agree(rooms, await converse(rooms, pick))
  } finally {
    for (const room of rooms) room.close()
  }
}

const clients = await meet()
parentPort?.on('message', async (seed: number) => {
  try {
    await run(clients, seed)
    parentPort?.postMessage({ seed })
  } catch (error) {
    parentPort?.postMessage({ seed, error })
  }
})
parentPort?.postMessage('ready')
