import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { app } from '../src/app'
import { Command } from '../src/schemas/socket'
import { call } from './helpers/api'
import { callers, stage, type World } from './helpers/callers'
import * as cast from './helpers/cast'
import { person, saying } from './helpers/person'
import { connect, type RoomSocket } from './helpers/socket'
import { CODES, openToAll, policies } from './policy'

type Row = { row: string; expected: Record<string, string> }

const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString()

/** What a row sends beside its path. */
const bodies: Record<string, (world: World) => object | Promise<object>> = {
  'POST /v1/users': () => ({ password: cast.PASSWORD }),
  'POST /v1/sessions': async () => {
    const { username } = await cast.register('ivy')
    return { username, password: cast.PASSWORD }
  },
  'POST /v1/sessions/refresh': async () => {
    const { refreshToken } = await cast.register('ivy')
    return { refreshToken }
  },
  'PATCH /v1/me': () => ({ bio: 'Tea.' }),
  'PUT /v1/users/{eve}/role': () => ({ role: 'moderator' }),
  'PUT /v1/users/{eve}/suspension': () => ({ until: tomorrow() }),
  'POST /v1/rooms': () => ({ name: 'Pier' }),
  'PATCH /v1/rooms/{room}': () => ({ topic: 'Tides' }),
  'PUT /v1/rooms/{room}/members/@me': () => ({}),
  'PATCH /v1/rooms/{room}/members/{bo} role': () => ({ role: 'moderator' }),
  'PATCH /v1/rooms/{room}/members/{bo} mute': () => ({ mutedUntil: tomorrow() }),
  'PUT /v1/rooms/{room}/bans/{bo}': () => ({ reason: 'Spam.' }),
  'POST /v1/rooms/{room}/invites': () => ({ maxUses: 1 }),
  'POST /v1/rooms/{room}/messages': () => saying('hello'),
  'PATCH /v1/rooms/{room}/messages/{own}': () => ({ text: 'hullo' }),
  'PATCH /v1/rooms/{room}/messages/{others}': () => ({ text: 'hullo' }),
  'PUT /v1/rooms/{room}/read-marker': ({ others }) => ({ seq: others }),
}

const queries: Record<string, (world: World) => string> = {
  'GET /v1/users': () => '?search=eve',
  'GET /v1/rooms/{room}/events': () => '?after=0',
  'DELETE /v1/rooms/{room}/messages': ({ bo }) => `?authorId=${bo.id}`,
}

/** What a command of the socket carries. */
const commands: Record<string, (world: World) => object> = {
  'message.post': () => saying('hello'),
  'message.edit {own}': ({ own }) => ({ seq: own, text: 'hullo' }),
  'message.edit {others}': ({ others }) => ({ seq: others, text: 'hullo' }),
  'message.delete {own}': ({ own }) => ({ seq: own }),
  'message.delete {others}': ({ others }) => ({ seq: others }),
  'read.mark': ({ others }) => ({ seq: others }),
  auth: ({ token }) => ({ token }),
}

const invite = async ({ ana, roomId }: World) =>
  (await ana.post(`/v1/rooms/${roomId}/invites`, {})).body

/** What stands in the braces of a path. */
const values: Record<string, (world: World) => string | number | Promise<string>> = {
  eve: ({ eve }) => eve.id,
  bo: ({ bo }) => bo.id,
  username: ({ eve }) => eve.username,
  session: ({ sessionId }) => sessionId,
  room: ({ roomId }) => roomId,
  own: ({ own }) => own,
  others: ({ others }) => others,
  invite: async (world) => (await invite(world)).id,
  code: async (world) => (await invite(world)).code,
  file: () => 'swagger-ui.css',
}

async function addressOf(target: string, world: World): Promise<string> {
  let path = target.split(' ')[0] ?? ''
  for (const [braced, name = ''] of target.matchAll(/\{(\w+)\}/g)) {
    const value = values[name]
    if (!value) throw new Error(`no value for ${braced}`)
    path = path.replace(braced, String(await value(world)))
  }
  return path
}

/** "ok" or the code of the problem. */
async function outcomeOf(row: string, world: World): Promise<string> {
  const [method = '', target = ''] = row.split(/ (.*)/)
  if (method === 'SOCKET') return answerTo(target, world)
  if (row.endsWith('}/socket')) return (await open(world)).refusal ?? 'ok'
  const path = (await addressOf(target, world)) + (queries[row]?.(world) ?? '')
  const options = { token: world.token, body: await bodies[row]?.(world), headers: cast.address() }
  const reply = await call(method, path, options)
  return reply.status < 300 ? 'ok' : reply.body.code
}

async function open({ token, roomId }: World): Promise<{ socket: RoomSocket; refusal?: string }> {
  const socket = await connect(token, roomId)
  return socket.closed ? { socket, refusal: socket.closed.reason } : { socket }
}

async function answerTo(target: string, world: World): Promise<string> {
  const { socket, refusal } = await open(world)
  if (refusal) return refusal
  socket.send({ do: target.split(' ')[0], ref: 1, ...commands[target]?.(world) })
  const answer = await socket.answer(1)
  socket.close()
  return 'problem' in answer ? answer.problem.code : 'ok'
}

const squeezed = (line: string) => line.trim().replace(/\s+/g, ' ')

const headOf = (table: string) => squeezed(table.trim().split('\n')[0] ?? '').split(' ')

function rowsOf(table: string, as: Record<string, string> = {}): Row[] {
  const columns = headOf(table)
  return table
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const words = squeezed(line).split(' ')
      const cells = new Map(columns.map((name, i) => [name, words.slice(-columns.length)[i] ?? '']))
      const expected = columns.map((name) => {
        const word = cells.get(as[name] ?? name) ?? ''
        return [name, CODES[word] ?? word]
      })
      return {
        row: words.slice(0, -columns.length).join(' '),
        expected: Object.fromEntries(expected),
      }
    })
}

/** Rows that change something, but nothing that another row looks at. */
const harmless = new Set([
  'PATCH /v1/me',
  'POST /v1/rooms',
  'PATCH /v1/rooms/{room}',
  'PATCH /v1/rooms/{room}/members/{bo} mute',
  'PATCH /v1/rooms/{room}/messages/{own}',
  'POST /v1/rooms/{room}/invites',
  'DELETE /v1/rooms/{room}/invites/{invite}',
  'PUT /v1/rooms/{room}/allowlist/{eve}',
  'DELETE /v1/rooms/{room}/allowlist/{eve}',
  'DELETE /v1/rooms/{room}/bans/{eve}',
  'PUT /v1/rooms/{room}/read-marker',
  'SOCKET message.edit {own}',
  'SOCKET read.mark',
  'SOCKET typing',
  'SOCKET auth',
])

/** Worlds that stay as they are: for what reads, what is refused and what is harmless. */
const quiet = new Map<string, Promise<World>>()

function worldFor(row: string, name: string, outcome: string, room: object): Promise<World> {
  const isQuiet = outcome !== 'ok' || row.startsWith('GET') || harmless.has(row)
  if (!isQuiet) return stage(name, room)
  const key = JSON.stringify([name, room])
  const known = quiet.get(key) ?? stage(name, room)
  quiet.set(key, known)
  return known
}

let cells = 0

async function hold({ row, expected }: Row, room: object): Promise<void> {
  const found = await Promise.all(
    Object.entries(expected).map(async ([name, outcome]) => {
      const world = await worldFor(row, name, outcome, room)
      return [name, await outcomeOf(row, world)]
    }),
  )
  expect(Object.fromEntries(found)).toEqual(expected)
  cells += found.length
}

beforeAll(async () => {
  // So that an admin in a cell is never the last.
  await cast.promote(await person('Ada'), 'admin')
})

afterAll(() => {
  console.log(`access: ${cells} cells hold`)
})

describe('open to all', () => {
  it.each(openToAll.map(squeezed))('%s', async (row) => {
    const expected = Object.fromEntries(callers.map((name) => [name, 'ok']))
    await hold({ row, expected }, {})
  })
})

describe.each(policies)('$title', ({ table, room, as }) => {
  it.each(rowsOf(table, as))('$row', (row) => hold(row, room))
})

describe('the tables', () => {
  const rows = [
    ...openToAll.map(squeezed),
    ...policies.flatMap(({ table }) => rowsOf(table).map(({ row }) => row)),
  ]
  const shapeOf = (row: string) =>
    row
      .split(' ')
      .slice(0, 2)
      .join(' ')
      .replace(/\{\w+\}/g, '{}')

  it('have a row for every endpoint that is served, and for no other', () => {
    const served = app.routes
      .filter(({ method }) => method !== 'ALL')
      .map(({ method, path }) => `${method} ${path.replace(/:\w+(\{[^}]*\})?/g, '{}')}`)
    const endpoints = rows.filter((row) => !row.startsWith('SOCKET'))
    expect([...new Set(endpoints.map(shapeOf))].sort()).toEqual([...new Set(served)].sort())
  })

  it('have a row for every command of the socket', () => {
    const told = rows.filter((row) => row.startsWith('SOCKET')).map((row) => row.split(' ')[1])
    const names: string[] = Command.options.map((option) => option.shape.do.value)
    expect([...new Set(told)].sort()).toEqual(names.sort())
  })

  it('have the same rows and callers for every kind of room', () => {
    const [first, ...others] = policies.filter(({ title }) => title !== 'the site')
    for (const { table } of others) {
      expect(rowsOf(table).map(({ row }) => row)).toEqual(
        rowsOf(first?.table ?? '').map(({ row }) => row),
      )
      expect(headOf(table)).toEqual(callers)
    }
  })
})
