import { setTimeout as wait } from 'node:timers/promises'
import { Connections } from '../clients/connections'
import { differences } from '../crash/index-audit'
import * as contents from '../crash/room-contents'
import type { Pool } from '../runtime/pool'
import { median } from '../statistics'
import * as people from '../targets/people'
import type { Room } from '../targets/target'
import { Bystander, p99 } from './bystander'
import { type Findings, type Scenario, until } from './scenario'
import type { Weather } from './weather/weather'

const ROUNDS = 3
const ROUND_MS = 4000
const MEMBERS = 5
const STRANGERS_PER_ROUND = 10
// Below this, twice as slow is noise of the machine.
const FLOOR_MS = 10

/** While D1 is slow or gone, people in a room notice nothing; whoever needs it waits or gets a 503. */
export const slowDirectory: Scenario[] = [
  {
    name: 'D1 is 2 s slow',
    run: (pool) => endure(pool, { delayMs: 2000 }),
  },
  { name: 'D1 is down', run: (pool) => endure(pool, { isDown: true }) },
]

async function endure(pool: Pool, bad: Partial<Weather>): Promise<Findings> {
  let logged = 0
  const target = await pool.exposed({
    onLog: ({ level }) => {
      logged += Number(level === 'error')
    },
  })
  const room = await target.room(MEMBERS)
  const database = await target.server.database('DB')
  const strangers = await people.signedIn(database, ROUNDS * STRANGERS_PER_ROUND)
  const bystander = await Bystander.in(room)
  const answers = new Map<string, number>()
  const joined: string[] = []
  const quiet: number[] = []
  const meanwhile: number[] = []
  await bystander.latencies(ROUND_MS / 4)
  for (let round = 0; round < ROUNDS; round += 1) {
    quiet.push(p99(await bystander.latencies(ROUND_MS)))
    await change(room, bad)
    const some = strangers.slice(round * STRANGERS_PER_ROUND, (round + 1) * STRANGERS_PER_ROUND)
    const asking = ask(room, some, answers, joined)
    meanwhile.push(p99(await bystander.latencies(ROUND_MS)))
    await asking
    await change(room, { delayMs: 0, isDown: false })
  }
  const kept = await contents.read({ ...room, tokens: [...room.tokens, ...joined] })
  const audit = () => differences(target.server, room.roomId, kept)
  await until('index and roster agree', async () => (await audit()).length === 0, 60_000)
  const limit = 2 * Math.max(FLOOR_MS, median(quiet))
  const fine = /^\S+ \S+ (2\d\d|503 unavailable, Retry-After \d+)$/
  return {
    facts: {
      'p99 in the room in ms, quiet': quiet,
      'p99 in the room in ms, meanwhile': meanwhile,
      'errors logged': logged,
      answers: Object.fromEntries([...answers].sort()),
      'members in the end': kept.room.memberCount,
    },
    problems: [
      ...[...answers.keys()].filter((answer) => !fine.test(answer)),
      ...(median(meanwhile) > limit ? [`p99 of ${median(meanwhile)} ms, over ${limit}`] : []),
      ...(kept.room.memberCount < MEMBERS + joined.length ? ['someone who joined is gone'] : []),
    ],
  }
}

/** What needs D1, all at once: strangers who join and post, lists, log-ins. */
async function ask(
  room: Room,
  strangers: string[],
  answers: Map<string, number>,
  joined: string[],
): Promise<void> {
  const connections = new Connections(room.url, 32)
  const call = async (method: string, path: string, token: string, body?: object) => {
    const headers = { Authorization: `Bearer ${token}` }
    const reply = await connections.call(
      body
        ? {
            method,
            path,
            headers: { ...headers, 'Content-Type': 'application/json' },
            body: JSON.stringify(body),
          }
        : { method, path, headers },
    )
    const refusal =
      reply.status < 300
        ? ''
        : ` ${JSON.parse(reply.body).code}, Retry-After ${reply.headers['retry-after']}`
    const answer = `${method} ${path.replaceAll(room.roomId, ':room')} ${reply.status}${refusal}`
    answers.set(answer, (answers.get(answer) ?? 0) + 1)
    return reply.status
  }
  const path = `/v1/rooms/${room.roomId}`
  await Promise.all(
    strangers.map(async (token, index) => {
      await wait(index * 100)
      const status =
        index % 2 === 0
          ? await call('PUT', `${path}/members/@me`, token)
          : await call('POST', `${path}/messages`, token, { nonce: 'first', text: 'Hello' })
      if (status < 300) joined.push(token)
      await call('GET', '/v1/me/rooms', token)
      await call('GET', '/v1/rooms', token)
      await call('GET', '/v1/me', token)
      await call('GET', `${path}/messages`, room.tokens[0] ?? '')
    }),
  )
  await call('POST', '/v1/rooms', room.tokens[0] ?? '', { name: 'Pier' })
  await call('PATCH', '/v1/me', room.tokens[0] ?? '', { displayName: 'Ana' })
  connections.close()
}

async function change(room: Room, weather: Partial<Weather>): Promise<void> {
  await fetch(new URL('/weather', room.url), { method: 'PUT', body: JSON.stringify(weather) })
}
