import { env } from 'cloudflare:workers'
import { signAccessToken } from '../../src/auth/tokens'
import { open } from '../../src/directory/database'
import { users } from '../../src/directory/schema'
import * as usernames from '../../src/directory/usernames'
import { newId } from '../../src/ids'
import { as, type Client } from './api'

export interface Person extends Client {
  id: string
  username: string
  token: string
}

/** Someone signed in, made without the cost of registering. */
export async function person(displayName: string): Promise<Person> {
  const id = newId()
  const username = `${displayName.toLowerCase()}.${id.slice(-12)}`
  const foldedName = usernames.fold(displayName)
  await open(env.DB)
    .insert(users)
    .values({ id, username, displayName, foldedName, createdAt: Date.now() })
  const { token } = await signAccessToken(
    env.TOKEN_SECRET,
    { userId: id, sessionId: newId() },
    Date.now(),
  )
  return { id, username, token, ...as(token) }
}

/** ana owns the room, bo is a member, cy is an outsider. */
export async function openRoom(name = 'Harbour') {
  const [ana, bo, cy] = await Promise.all([person('Ana'), person('Bo'), person('Cy')])
  const { body: room } = await ana.post('/v1/rooms', { name })
  await bo.put(`/v1/rooms/${room.id}/members/@me`)
  const path = `/v1/rooms/${room.id}`
  return { ana, bo, cy, room, path, stub: env.ROOMS.get(env.ROOMS.idFromName(room.id)) }
}

let counter = 0

/** A message with a nonce of its own. */
export const saying = (text: string) => {
  counter += 1
  return { nonce: `n${counter}`, text }
}
