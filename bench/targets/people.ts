import { randomBytes } from 'node:crypto'
import { newId } from '../../src/ids'
import { signAccess } from '../../src/tokens'
import { Connections } from '../clients/connections'

/** Of the servers that are measured. */
export const TOKEN_SECRET = randomBytes(32).toString('hex')

/** Access tokens of new users, made without the cost of registering. */
export async function signedIn(database: D1Database, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, newId)
  await database
    .prepare(
      `insert into users (id, username, display_name, created_at)
      select value, replace(value, '-', ''), 'Member ' || key, ? from json_each(?)`,
    )
    .bind(Date.now(), JSON.stringify(ids))
    .run()
  return Promise.all(ids.map(tokenOf))
}

async function tokenOf(userId: string): Promise<string> {
  const access = { userId, sessionId: newId() }
  return (await signAccess(TOKEN_SECRET, access, Date.now())).token
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
