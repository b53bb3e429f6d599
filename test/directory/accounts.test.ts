import { env } from 'cloudflare:workers'
import { afterEach, expect, it, vi } from 'vitest'
import * as accounts from '../../src/directory/accounts'
import { open } from '../../src/directory/database'

const directory = open(env.DB)
const now = Date.now()

const create = (username?: string) =>
  accounts.create(
    directory,
    { password: 'correct horse', ...(username && { username }) },
    { device: 'curl', cost: 4 },
    now,
  )

afterEach(() => {
  vi.restoreAllMocks()
})

it('a generated username that is taken is generated again', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  const first = await accounts.find(directory, (await create()).userId, now)
  const draws = [0.5, 0.5, 0.5]
  vi.spyOn(Math, 'random').mockImplementation(() => draws.shift() ?? 0.25)
  const second = await accounts.find(directory, (await create()).userId, now)
  expect(draws).toEqual([])
  expect(second.username).not.toBe(first.username)
})

it('registration gives up when no generated username is free', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.75)
  await create()
  await expect(create()).rejects.toMatchObject({ code: 'username_taken' })
})

it('a database failure is not reported as a taken username', async () => {
  vi.spyOn(directory, 'batch').mockRejectedValue(new Error('D1 is down: users.username'))
  await expect(create()).rejects.toThrow('D1 is down')
})
