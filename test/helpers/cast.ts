import { env } from 'cloudflare:workers'
import type { SiteRole } from '../../src/schemas/users'
import { as, type Client, call, type Reply } from './api'

export const PASSWORD = 'correct horse battery staple'

/** A person of the cast, signed in. */
export interface Person extends Client {
  id: string
  username: string
  token: string
  refreshToken: string
}

/** An address of its own, so that no test spends another's rate. */
export const address = (): Record<string, string> => ({
  'CF-Connecting-IP': [10, ...crypto.getRandomValues(new Uint8Array(3))].join('.'),
})

/** Registers someone whose username begins with `name`. */
export async function register(name: string, more: Record<string, unknown> = {}): Promise<Person> {
  const username = `${name}_${crypto.randomUUID().slice(0, 8)}`
  const body = { username, password: PASSWORD, ...more }
  return person(await call('POST', '/v1/users', { body, headers: address() }))
}

/** Logs in from an address of its own. */
export const logIn = (body: unknown, headers: Record<string, string> = {}): Promise<Reply> =>
  call('POST', '/v1/sessions', { body, headers: { ...address(), ...headers } })

export function person({ status, body }: Reply): Person {
  if (status !== 201) throw new Error(`not signed in: ${JSON.stringify(body)}`)
  const { id, username } = body.me
  const { accessToken: token, refreshToken } = body.session
  return { ...as(token), id, username, token, refreshToken }
}

/** ana owns the room, bo is a member, cy is an outsider, mo moderates the site. */
export async function cast(): Promise<Record<'ana' | 'bo' | 'cy' | 'mo', Person>> {
  const [ana, bo, cy, mo] = await Promise.all([
    register('ana'),
    register('bo'),
    register('cy'),
    register('mo'),
  ])
  await promote(mo, 'moderator')
  return { ana, bo, cy, mo }
}

/** As the operator's command does. */
export async function promote({ id }: { id: string }, role: SiteRole): Promise<void> {
  await env.DB.prepare('update users set role = ? where id = ?').bind(role, id).run()
}
