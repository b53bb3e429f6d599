import { env } from 'cloudflare:workers'
import { afterEach, expect, it, vi } from 'vitest'
import { spyOnD1 } from '../fixtures/d1-spy'
import { eventually } from '../fixtures/eventually'
import { mailTo, markVerified, newAddress, tokenTo } from '../fixtures/mail'
import { createRoom, newMessage } from '../fixtures/rooms'
import {
  createGuest,
  logIn,
  PASSWORD,
  type RegisteredUser,
  registerUser,
  signedIn,
} from '../fixtures/users'

// A deletion or a log-in of which a part fails.

afterEach(() => vi.restoreAllMocks())

const rowOf = ({ id }: { id: string }) =>
  env.DB.prepare('select username, deleted_at, deletion_due_at from users where id = ?')
    .bind(id)
    .first()
const auditOf = async ({ id }: { id: string }) =>
  (
    await env.DB.prepare('select action from site_audit where user_id = ? order by id')
      .bind(id)
      .all<{ action: string }>()
  ).results.map(({ action }) => action)
const passwordOf = ({ username }: RegisteredUser) => ({ username, password: PASSWORD })

/** Makes a method of every inbox fail. */
function breakInbox(method: 'endSessions' | 'endAccount') {
  vi.spyOn(console, 'error').mockImplementation(() => {})
  const get = env.INBOXES.get.bind(env.INBOXES)
  return vi.spyOn(env.INBOXES, 'get').mockImplementation((id) => {
    const stub = get(id)
    const fails = () => Promise.reject(new Error('the inbox is down'))
    return new Proxy(stub, {
      get: (_, name) =>
        name === method
          ? fails
          : // A stub takes any name for a method of the object, so that none can be bound.
            (...values: unknown[]) =>
              (stub as unknown as Record<PropertyKey, (...values: unknown[]) => unknown>)[name]?.(
                ...values,
              ),
    })
  })
}

it('an account whose sessions cannot be ended is not deleted for good, and can be a moment later', async () => {
  const [ana, gus] = await Promise.all([registerUser('ana'), createGuest('Gus')])
  const deletions = [
    { user: ana, path: '/v1/me?now=true' },
    { user: gus, path: '/v1/me' },
  ]
  for (const { user, path } of deletions) {
    const before = await rowOf(user)
    const down = breakInbox('endSessions')
    expect((await user.delete(path)).status).toBe(503)
    down.mockRestore()
    expect(before?.username).toBeTruthy()
    expect(await rowOf(user)).toEqual(before)
    expect(await auditOf(user)).toEqual([])
    expect((await user.delete(path)).status).toBe(204)
    expect(await rowOf(user)).toMatchObject({ username: null, deletion_due_at: null })
    expect((await user.get('/v1/me')).status).toBe(401)
    expect(await auditOf(user)).toEqual(['deleteMe'])
  }
})

it('an account that is deleted for good tells its rooms though its inbox fails behind it', async () => {
  const [ana, bo] = await Promise.all([registerUser('ana'), registerUser('bo')])
  const { path } = await createRoom(bo)
  await ana.post(`${path}/messages`, newMessage('before'))
  const down = breakInbox('endAccount')
  const told = vi.spyOn(env.PEOPLE, 'send')
  expect((await ana.delete('/v1/me?now=true')).status).toBe(204)
  down.mockRestore()
  expect((await ana.get('/v1/me')).status).toBe(401)
  expect(told).toHaveBeenCalledWith({ userId: ana.id })
})

/** An account with an address, which was deleted a moment ago. */
async function hidden() {
  const email = newAddress()
  const ana = await registerUser('ana', { email })
  await tokenTo(email, 'verify')
  await markVerified(ana)
  expect((await ana.delete('/v1/me')).status).toBe(204)
  return { ana, email }
}

const failures = [
  {
    name: 'its sessions past the limit cannot be listed',
    isIt: (userId: string, parameters: unknown[]) =>
      [userId, 100, 50].every((value) => parameters.includes(value)),
  },
  {
    name: 'the audit cannot be written',
    isIt: (userId: string, parameters: unknown[]) =>
      [userId, '{"restored":"true"}'].every((value) => parameters.includes(value)),
  },
]

it.each(failures)(
  'a log-in that takes an account back loses nothing where $name',
  async (failure) => {
    const { ana, email } = await hidden()
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const told = vi.spyOn(env.PEOPLE, 'send')
    const spy = spyOnD1()
    let failed = 0
    spy.fails = (parameters) => failed === 0 && failure.isIt(ana.id, parameters) && ++failed > 0
    const first = await logIn(passwordOf(ana))
    spy.restore()
    expect([first.status >= 500, failed]).toEqual([true, 1])
    const again = signedIn(await logIn(passwordOf(ana)))
    expect((await again.get('/v1/me')).status).toBe(200)
    expect(await rowOf(ana)).toMatchObject({ deleted_at: null, deletion_due_at: null })
    expect(told).toHaveBeenCalledWith({ userId: ana.id })
    expect(await auditOf(ana)).toEqual(['deleteMe', 'createSession'])
    const isBack = ({ subject }: { subject: string }) => subject === 'Your account is back'
    await eventually(() => expect(mailTo(email).filter(isBack)).toHaveLength(1))
  },
)
