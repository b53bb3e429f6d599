import { beforeEach, expect, it, vi } from 'vitest'
import type { HttpRequest, Send } from '../../src/client/connection/http'
import { ProblemError } from '../../src/client/connection/problem-error'
import { Session, type SessionOptions } from '../../src/client/connection/session'

let asked: string[]
let generation: number
let sessions: number
let isRefused: boolean

const send = (async (method: string, path: string, { body }: HttpRequest = {}) => {
  asked.push(`${method} ${path} ${JSON.stringify(body) ?? ''}`.trim())
  await Promise.resolve()
  if (isRefused) throw new ProblemError({ code: 'unauthenticated', detail: 'It has ended.' })
  generation += 1
  if (!path.endsWith('/refresh')) sessions += 1
  const session = {
    id: `s${sessions}`,
    accessToken: `access ${generation}`,
    accessExpiresIn: 600,
    refreshToken: `refresh ${generation}`,
  }
  return { me: { id: 'ana' }, session, deviceToken: `device ${generation}` }
}) as Send

function memory() {
  const values = new Map<string, string>()
  return {
    getItem: (key: string) => values.get(key) ?? null,
    setItem: (key: string, value: string) => void values.set(key, value),
    removeItem: (key: string) => void values.delete(key),
  }
}

const session = (options: SessionOptions = {}) =>
  new Session(send, 'http://chat.test', { storage: memory(), ...options })

beforeEach(() => {
  asked = []
  generation = 0
  sessions = 0
  isRefused = false
})

it('who has no session becomes a guest, once, however many ask', async () => {
  const one = session()
  expect(await Promise.all([one.token(), one.token()])).toEqual(['access 1', 'access 1'])
  expect(await one.token()).toBe('access 1')
  expect(asked).toEqual(['POST /v1/users {"guest":true}'])
  expect(one.userId).toBe('ana')
})

it('tells of a log-in what the user should be told, and of nothing else', async () => {
  const one = session()
  const told: unknown[] = []
  one.onLoggedIn = (answer) => told.push(answer)
  await one.token()
  await one.replace()
  expect(told).toEqual([])
  const answer = await one.logIn({ username: 'ana', password: 'secret' })
  expect(told).toEqual([answer])
})

it('says at the next log-in by password or passkey on which device it is, though it was logged out', async () => {
  const one = session()
  const credentials = { username: 'ana', password: 'secret' }
  const passkey = { id: 'p' } as never
  await one.logIn(credentials)
  await one.end()
  await one.logIn(credentials)
  await one.logIn({ passkey })
  await one.logIn({ challenge: 'c', totp: '123456' })
  const sent = asked.filter((line) => line.startsWith('POST /v1/sessions'))
  expect(sent.map((line) => JSON.parse(line.split(' ').slice(2).join(' ')))).toEqual([
    credentials,
    { ...credentials, deviceToken: 'device 1' },
    { passkey, deviceToken: 'device 3' },
    { challenge: 'c', totp: '123456' },
  ])
})

it('makes no guest where it may not', async () => {
  await expect(session({ guest: false }).token()).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(asked).toEqual([])
})

it('keeps its session for the next page', async () => {
  const storage = memory()
  await session({ storage }).token()
  expect(await session({ storage }).token()).toBe('access 1')
  expect(asked).toHaveLength(1)
})

it('refreshes a token that was refused, once', async () => {
  const one = session()
  const first = await one.token()
  expect(await Promise.all([one.replace(first), one.replace(first)])).toEqual([
    'access 2',
    'access 2',
  ])
  expect(await one.replace(first)).toBe('access 2')
  expect(asked.slice(1)).toEqual(['POST /v1/sessions/refresh {"refreshToken":"refresh 1"}'])
})

it('takes the token that another tab has refreshed: using one twice would end the session', async () => {
  const storage = memory()
  const [tab, other] = [session({ storage }), session({ storage })]
  const first = await tab.token()
  expect(await other.token()).toBe(first)
  await other.replace(first)
  expect(await tab.replace(first)).toBe('access 2')
  expect(asked).toHaveLength(2)
})

it('refreshes before the token expires while somebody listens, and not after', async () => {
  vi.useFakeTimers()
  const one = session()
  await one.token()
  const told: string[] = []
  const stop = one.onToken((token) => told.push(token))
  await vi.advanceTimersByTimeAsync(541_000)
  expect(told).toEqual(['access 2'])
  stop()
  await vi.advanceTimersByTimeAsync(3_600_000)
  expect(asked).toHaveLength(2)
  vi.useRealTimers()
})

it('forgets a session that has ended, and does not fall back to a guest by itself', async () => {
  const storage = memory()
  const one = session({ storage })
  const ended = vi.fn()
  one.onEnded = ended
  const first = await one.token()
  isRefused = true
  await expect(one.replace(first)).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(ended).toHaveBeenCalledOnce()
  expect(one.userId).toBeUndefined()
  expect(storage.getItem('chat:http://chat.test')).toBeNull()
  isRefused = false
  await expect(one.token()).rejects.toMatchObject({ code: 'unauthenticated' })
  await one.logIn({ username: 'ana', password: 'correct horse' })
  expect(await one.token()).toBe('access 2')
})

it.each(['ended', 'logged out'])(
  'leaves alone what another tab keeps by now, when %s',
  async (how) => {
    const storage = memory()
    const [tab, other] = [session({ storage }), session({ storage })]
    const first = await tab.token()
    await other.logIn({ username: 'bo', password: 'correct horse' })
    const kept = storage.getItem('chat:http://chat.test')
    isRefused = true
    if (how === 'ended') await expect(tab.replace(first)).rejects.toThrow()
    else await tab.end()
    isRefused = false
    expect(storage.getItem('chat:http://chat.test')).toBe(kept)
    expect([tab.userId, tab.isStored]).toEqual([undefined, true])
    // Nor does it become somebody else without a word.
    if (how === 'ended')
      await expect(tab.token()).rejects.toMatchObject({ code: 'unauthenticated' })
  },
)

it('asks `token` for each token, and takes the user from it', async () => {
  const claims = btoa(JSON.stringify({ sub: 'bo', exp: 1 }))
  let calls = 0
  const one = session({ token: () => `head.${claims}.${++calls}` })
  const first = await one.token()
  expect(one.userId).toBe('bo')
  // Its clock may be wrong, so a token that looks expired is tried.
  expect(await one.token()).toBe(first)
  expect(await one.replace(first)).not.toBe(first)
  expect(asked).toEqual([])
})

it('says which token was refused to whoever fetches the next one', async () => {
  const refused: (string | undefined)[] = []
  const claims = btoa(JSON.stringify({ sub: 'ana', exp: Date.now() / 1000 + 600 }))
  const one = session({
    token: (last) => {
      refused.push(last)
      return `head.${claims}.${refused.length}`
    },
  })
  const first = await one.token()
  await one.replace(first)
  expect(refused).toEqual([undefined, first])
})
