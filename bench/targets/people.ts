import { randomBytes } from 'node:crypto'
import { signAccessToken } from '../../src/auth/tokens'
import { open } from '../../src/directory/database'
import { users } from '../../src/directory/schema'
import { newId } from '../../src/ids'
import { Connections } from '../clients/connections'

/** Of the servers that are measured. */
export const TOKEN_SECRET = randomBytes(32).toString('hex')

/** Access tokens of new users, made without the cost of registering. */
export async function signedIn(database: D1Database, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId)
  const directory = open(database)
  // A statement each: D1 binds 100 parameters at most, and a user has ever more columns.
  const [first, ...rest] = ids.map((id) => directory.insert(users).values(userOf(id)))
  if (first) await directory.batch([first, ...rest])
  return Promise.all(ids.map(tokenOf))
}

function userOf(id: string): typeof users.$inferInsert {
  const username = id.replaceAll('-', '')
  return { id, username, displayName: username, foldedName: username, createdAt: Date.now() }
}

async function tokenOf(userId: string): Promise<string> {
  const access = { userId, sessionId: newId() }
  return (await signAccessToken(TOKEN_SECRET, access, Date.now())).token
}

/** Makes a room of the first, which all others join; returns its id. */
export async function gather(url: URL, [owner, ...others]: string[]): Promise<string> {
  const connections = new Connections(url, 16)
  try {
    const { id } = await connections.json<{ id: string }>('POST', '/v1/rooms', owner, {
      name: 'Bench',
    })
    await Promise.all(
      others.map((token) => connections.json('PUT', `/v1/rooms/${id}/members/@me`, token)),
    )
    return id
  } finally {
    connections.close()
  }
}
