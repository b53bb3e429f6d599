import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { after, before, it } from 'node:test'
import type { Service } from '../proof/service.ts'
import { launch } from './chromium.ts'
import { PASSWORD, type Person } from './person.ts'
import { twoPeople } from './two-people.ts'

// What happens to an open page when its access token expires, which is after ten minutes. The clock of the page runs ahead;
// the service is a real one, and so are its answers.
const browser = await launch()
const skip = browser ? false : 'there is no Chromium'

let service: Service
let ana: Person
let bo: Person

before(async () => {
  if (!browser) return
  ;({ service, ana, bo } = await twoPeople(browser))
  await bo.page.clock.install()
  await bo.page.reload()
  await bo.composer.waitFor()
})

after(async () => {
  await browser?.close()
  await service?.stop()
})

const refreshed = (person: Person) =>
  person.page.waitForResponse((answer) => answer.url().endsWith('/v1/sessions/refresh'))

const stored = async (person: Person) =>
  JSON.parse(await person.page.evaluate<string>(`localStorage.getItem('chat:${service.url}')`)) as {
    id: string
    accessToken: string
    refreshToken: string
  }

/** Both have it, once. */
async function arrivesOnce(text: string, timeout = 30_000): Promise<void> {
  for (const person of [ana, bo]) {
    await person.message(text).first().waitFor({ timeout })
    assert.equal(await person.message(text).count(), 1, `${person.name}: ${text}`)
  }
}

it('a page that stays open gets a new token before the old one expires', { skip }, async () => {
  const before = await stored(bo)
  const answer = refreshed(bo)
  await bo.page.clock.fastForward('09:30')
  assert.equal((await answer).status(), 200)
  await bo.write('Nine minutes later.')
  await arrivesOnce('Nine minutes later.')
  await ana.write('I can read that.')
  await arrivesOnce('I can read that.')
  const now = await stored(bo)
  assert.equal(now.id, before.id)
  assert.notEqual(now.refreshToken, before.refreshToken)
})

it('a laptop that was closed for longer than that goes on, with what was begun', {
  skip,
}, async () => {
  await bo.context.setOffline(true)
  await bo.composer.fill('Written with the lid half closed')
  await bo.composer.press('Enter')
  await bo.page.locator('.message-pending').waitFor()
  await bo.composer.fill('and half a thou')
  const answer = refreshed(bo)
  await bo.page.clock.fastForward('40:00')
  await ana.write('Are you there?')
  await bo.context.setOffline(false)
  assert.equal((await answer).status(), 200)
  await arrivesOnce('Written with the lid half closed')
  await arrivesOnce('Are you there?')
  assert.equal(await bo.composer.inputValue(), 'and half a thou')
})

it('a token that the service calls expired is replaced, whatever the clock of the device says', {
  skip,
}, async () => {
  const session = await stored(bo)
  const expired = { ...session, accessToken: expiredLike(session.accessToken) }
  const refused = await fetch(`${service.url}/v1/me`, {
    headers: { Authorization: `Bearer ${expired.accessToken}` },
  })
  assert.equal(refused.status, 401)
  await bo.page.evaluate(
    `localStorage.setItem('chat:${service.url}', ${JSON.stringify(JSON.stringify(expired))})`,
  )
  const answer = refreshed(bo)
  await bo.page.reload()
  assert.equal((await answer).status(), 200)
  await bo.write('A new token, the same Bo.')
  await arrivesOnce('A new token, the same Bo.')
})

it('a session that was ended elsewhere leads to the log-in, and what was begun is kept', {
  skip,
}, async () => {
  await bo.context.setOffline(true)
  await bo.composer.fill('Sent when nobody could know')
  await bo.composer.press('Enter')
  await bo.page.locator('.message-pending').waitFor()
  await bo.composer.fill('Half a thought')
  await endElsewhere((await stored(bo)).id)
  await bo.page.clock.fastForward('12:00')
  await bo.context.setOffline(false)
  await bo.page.getByText('You were signed out.').waitFor({ timeout: 20_000 })
  await bo.holdsUp('the log-in after a session has ended')
  await logIn()
  await bo.composer.waitFor()
  assert.equal(await bo.composer.inputValue(), 'Half a thought')
  await arrivesOnce('Sent when nobody could know', 5_000)
})

it('a tab that was signed out follows another in which somebody logs in', { skip }, async () => {
  const tab = await bo.tab()
  await tab.locator('.account-link').waitFor()
  await endElsewhere((await stored(bo)).id)
  for (const page of [bo.page, tab]) await page.getByText('You were signed out.').waitFor()
  await logIn()
  for (const page of [bo.page, tab]) await page.locator('.account-link').waitFor()
  await tab.close()
})

it('the browsers complain of nothing', { skip }, async () => {
  await ana.leave()
  await bo.leave()
})

async function logIn(): Promise<void> {
  await bo.page.getByLabel('Username or e-mail').fill('bo.jensen')
  await bo.page.getByLabel('Password').fill(PASSWORD)
  await bo.page.getByRole('button', { name: 'Log in', exact: true }).click()
}

/** The same token, an hour ago, signed by the secret that this service runs with. */
function expiredLike(token: string): string {
  const secret = /^TOKEN_SECRET\s*=\s*"?([^"\n]+)/m.exec(readFileSync('.dev.vars', 'utf8'))?.[1]
  const [header = '', claims = ''] = token.split('.')
  const read = JSON.parse(Buffer.from(claims, 'base64url').toString())
  const past = Buffer.from(JSON.stringify({ ...read, exp: read.exp - 3600 })).toString('base64url')
  const signed = `${header}.${past}`
  return `${signed}.${createHmac('sha256', secret ?? '')
    .update(signed)
    .digest('base64url')}`
}

/** Bo's other device signs this one out. */
async function endElsewhere(sessionId: string): Promise<void> {
  const answer = await fetch(`${service.url}/v1/sessions`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username: 'bo.jensen', password: PASSWORD }),
  })
  const { session } = (await answer.json()) as { session: { accessToken: string } }
  const ended = await fetch(`${service.url}/v1/sessions/${sessionId}`, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${session.accessToken}` },
  })
  assert.equal(ended.status, 204)
}
