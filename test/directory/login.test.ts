import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { secretsOf } from '../../src/auth/tokens'
import * as accounts from '../../src/directory/accounts'
import { open } from '../../src/directory/database'
import * as directoryLogin from '../../src/directory/login'
import { beforeNextBatch } from '../fixtures/interleaving'
import { PASSWORD, registerUser } from '../fixtures/users'

const directory = open(env.DB)
const now = Date.now()

async function logIn(login: { username: string; password: string }, cost: number) {
  const account = await directoryLogin.find(directory, login)
  const context = { device: 'curl', cost, secrets: secretsOf(env) }
  return directoryLogin.logIn(directory, login, account, context, now)
}

const hashOf = async (id: string) => (await accounts.requireRow(directory, id)).passwordHash

it('a login rehashes a password when the cost has grown, and only then', async () => {
  const ana = await registerUser('ana')
  const login = { username: ana.username, password: PASSWORD }
  const before = await hashOf(ana.id)
  await logIn(login, 4)
  expect(await hashOf(ana.id)).toBe(before)
  await logIn(login, 5)
  expect(await hashOf(ana.id)).toMatch(/^\$scrypt\$ln=5,/)
  await logIn(login, 4)
  expect(await hashOf(ana.id)).toMatch(/^\$scrypt\$ln=5,/)
})

it('concurrent logins that rehash the password all succeed', async () => {
  const ana = await registerUser('ana')
  const login = { username: ana.username, password: PASSWORD }
  const grants = await Promise.all(Array.from({ length: 5 }, () => logIn(login, 5)))
  expect(new Set(grants.map(({ id }) => id)).size).toBe(5)
  expect((await ana.get('/v1/sessions')).body.items).toHaveLength(6)
})

it('a login that races the deletion of its account leaves no session', async () => {
  const ana = await registerUser('ana')
  const login = { username: ana.username, password: PASSWORD }
  beforeNextBatch(directory, () => ana.delete('/v1/me?now=true'))
  const late = logIn(login, 4)
  await expect(late).rejects.toMatchObject({ code: 'wrong_password' })
  const count = env.DB.prepare('select count(*) as n from sessions where user_id = ?').bind(ana.id)
  expect(await count.first('n')).toBe(0)
})

it('a login that races a password change is rejected', async () => {
  const ana = await registerUser('ana')
  const login = { username: ana.username, password: PASSWORD }
  const change = { password: 'a new horse', currentPassword: PASSWORD }
  beforeNextBatch(directory, () => ana.patch('/v1/me', change))
  const late = logIn(login, 4)
  await expect(late).rejects.toMatchObject({ code: 'wrong_password' })
  expect((await ana.get('/v1/sessions')).body.items).toHaveLength(1)
})
