import { beforeAll, describe, expect, it } from 'vitest'
import { app } from '../../src/app'
import { type CallerScenario, createCallerScenario } from '../access/callers'
import { openToAll, policies } from '../access/policy'
import { normalize, parseRows, requestOf } from '../access/rows'
import { fetchService } from '../fixtures/service'
import { createUser, setSiteRole } from '../fixtures/users'

const isRead = (row: string) => row.startsWith('GET ')
const [site, open] = policies.map(({ table }) => parseRows(table).filter(({ row }) => isRead(row)))
const rows = [
  ...openToAll.map(normalize).filter(isRead),
  ...[...(site ?? []), ...(open ?? [])].map(({ row }) => row),
]

const OPEN = { access: 'open', listed: true }
let owner: CallerScenario
let admin: CallerScenario

beforeAll(async () => {
  await setSiteRole(await createUser('Ada'), 'admin')
  owner = await createCallerScenario('own', OPEN)
  admin = await createCallerScenario('sadm', OPEN)
})

/** Someone who may read what a row names. */
function readerOf(row: string): CallerScenario {
  if (/\/(site-audit|app-keys)$/.test(row)) return admin
  // Nobody else sees the upload.
  return row.includes('{upload}') ? { ...owner, token: owner.bo.token } : owner
}

/** Its own for each answer. */
const VOLATILE = ['date', 'server-timing', 'x-request-id']

async function ask(method: string, path: string, headers: Record<string, string>) {
  const response = await fetchService(path, { method, headers })
  const told = [...response.headers].filter(([name]) => !VOLATILE.includes(name))
  // Seconds until something expires are in the body, and so in what its tag is made of; each log-in has an address of its own.
  const stable = told.map(([name, value]) =>
    ['etag', 'location'].includes(name) ? [name, value.length] : [name, value],
  )
  return {
    status: response.status,
    headers: Object.fromEntries(stable),
    bytes: (await response.arrayBuffer()).byteLength,
  }
}

describe('HEAD', () => {
  it.each(rows)('of %s is that, with the same status and headers and no body', async (row) => {
    const scenario = readerOf(row)
    const { path, headers } = await requestOf(row, scenario)
    const signedIn = { ...headers, Authorization: `Bearer ${scenario.token}` }
    const read = await ask('GET', path, signedIn)
    // Local mail is of local runs alone, which this is not.
    if (!/\/(socket|mail)$/.test(row)) expect(read.status).toBeLessThan(400)
    expect(await ask('HEAD', path, signedIn)).toEqual({ ...read, bytes: 0 })
  })

  it('is asked of every operation that reads', () => {
    const shapeOf = (path: string) =>
      path.replace(/\{\w+\}/g, '{}').replace(/:\w+(\{[^}]*\})?/g, '{}')
    const served = app.routes
      .filter(({ method }) => method === 'GET')
      .map(({ path }) => shapeOf(path))
    const asked = rows.map((row) => shapeOf(row.split(' ')[1] ?? ''))
    expect([...new Set(asked)].sort()).toEqual([...new Set(served)].sort())
  })
})
