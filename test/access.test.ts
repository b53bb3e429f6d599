import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { app } from '../src/app'
import { Capability } from '../src/schemas/members'
import { Command } from '../src/schemas/socket'
import { type CallerScenario, callers, createCallerScenario } from './access/callers'
import {
  capabilityOf,
  compare,
  decidedOtherwise,
  deciding,
  type PublishedCapabilities,
  WITHOUT_ROW,
} from './access/capabilities'
import { openToAll, policies } from './access/policy'
import { columnsOf, normalize, outcomeOf, parseRows, type Row } from './access/rows'
import { call } from './fixtures/api'
import { createUser, setSiteRole } from './fixtures/users'

/** Rows that change something, but nothing that another row looks at. */
const harmless = new Set([
  'PATCH /v1/me',
  'DELETE /v1/app/sessions',
  'POST /v1/rooms',
  'POST /v1/rooms key',
  'PATCH /v1/rooms/{room}',
  'PATCH /v1/rooms/{room}/members/{bo} same',
  'PATCH /v1/rooms/{room}/members/{bo} mute',
  'PATCH /v1/rooms/{room}/messages/{own}',
  'POST /v1/rooms/{room}/invites',
  'DELETE /v1/rooms/{room}/invites/{invite}',
  'PUT /v1/rooms/{room}/allowlist/{eve}',
  'DELETE /v1/rooms/{room}/allowlist/{eve}',
  'DELETE /v1/rooms/{room}/bans/{eve}',
  'PUT /v1/rooms/{room}/read-marker',
  'PATCH /v1/rooms/{room}/members/@me',
  'DELETE /v1/rooms/{room}/messages/{others}/reactions/{emoji}/@me',
  'PUT /v1/rooms/{room}/pins/{others}',
  'DELETE /v1/rooms/{room}/pins/{others}',
  'PUT /v1/rooms/{room}/messages/{others}/following',
  'DELETE /v1/rooms/{room}/messages/{others}/following',
  'PUT /v1/rooms/{room}/messages/{others}/read-marker',
  'PUT /v1/me/read-marker',
  'POST /v1/me/sync',
  'SOCKET reaction.remove',
  'SOCKET message.edit {own}',
  'SOCKET read.mark',
  'SOCKET thread.follow',
  'SOCKET thread.unfollow',
  'SOCKET thread.read',
  'SOCKET typing',
  'SOCKET live.send',
  'SOCKET auth',
])

/** Scenarios that stay as they are: for what reads, what is refused and what is harmless. */
const quiet = new Map<string, Promise<CallerScenario>>()

function scenarioFor(
  row: string,
  name: string,
  outcome: string,
  room: Record<string, unknown>,
): Promise<CallerScenario> {
  const isQuiet = outcome !== 'ok' || row.startsWith('GET') || harmless.has(row)
  if (!isQuiet) return createCallerScenario(name, room)
  const key = JSON.stringify([name, room])
  const known = quiet.get(key) ?? createCallerScenario(name, room)
  quiet.set(key, known)
  return known
}

let cells = 0

async function hold({ row, expected }: Row, room: Record<string, unknown>): Promise<void> {
  const found = await Promise.all(
    Object.entries(expected).map(async ([name, outcome]) => {
      const scenario = await scenarioFor(row, name, outcome, room)
      return [name, await outcomeOf(row, scenario)]
    }),
  )
  expect(Object.fromEntries(found)).toEqual(expected)
  cells += found.length
}

beforeAll(async () => {
  // So that an admin in a cell is never the last.
  await setSiteRole(await createUser('Ada'), 'admin')
})

afterAll(() => {
  console.log(`access: ${cells} cells hold`)
})

describe('open to all', () => {
  it.each(openToAll.map(normalize))('%s', async (row) => {
    const expected = Object.fromEntries(callers.map((name) => [name, 'ok']))
    await hold({ row, expected }, {})
  })
})

describe.each(policies)('$title', ({ table, room }) => {
  it.each(parseRows(table))('$row', (row) => hold(row, room))
})

describe('the published table of capabilities', () => {
  const rooms = policies.filter(({ room }) => 'access' in room || 'kind' in room)

  it.each(rooms)(
    'grants what is allowed in $title, and nothing that is refused',
    async (policy) => {
      const table: PublishedCapabilities = (await call('GET', '/v1/capabilities')).body
      const compared = parseRows(policy.table).map((row) => ({
        row: row.row,
        ...compare(table, row, policy.room),
      }))
      expect(compared.filter(({ wrong }) => wrong.length > 0)).toEqual([])
      expect(compared.reduce((sum, { cells }) => sum + cells, 0)).toBeGreaterThan(200)
    },
  )

  it('decides every row about a room, but those that are listed', () => {
    const rows = new Set(rooms.flatMap(({ table }) => parseRows(table).map(({ row }) => row)))
    const others = [...rows].filter((row) => !capabilityOf(row))
    expect(others.sort()).toEqual(decidedOtherwise.toSorted())
  })

  it('has a row for every capability, but those that are listed', () => {
    expect([...Object.keys(deciding), ...WITHOUT_ROW].sort()).toEqual(Capability.options.toSorted())
  })
})

describe('the tables', () => {
  const rows = [
    ...openToAll.map(normalize),
    ...policies.flatMap(({ table }) => parseRows(table).map(({ row }) => row)),
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
    const listed = rows.filter((row) => row.startsWith('SOCKET')).map((row) => row.split(' ')[1])
    const names: string[] = Command.options.map((option) => option.shape.do.value)
    expect([...new Set(listed)].sort()).toEqual(names.sort())
  })

  it('have the same rows and callers for every kind of room', () => {
    const [first, ...others] = policies.filter(({ room }) => 'access' in room)
    for (const { table } of others) {
      expect(parseRows(table).map(({ row }) => row)).toEqual(
        parseRows(first?.table ?? '').map(({ row }) => row),
      )
      expect(columnsOf(table)).toEqual(callers)
    }
  })
})
