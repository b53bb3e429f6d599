import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import type { Page } from 'playwright-core'
import { type Service, start } from '../proof/service.ts'
import { freePort } from '../start/program.ts'
import { launch } from './chromium.ts'
import { servePage } from './page.ts'
import { issuerAt, serveProvider } from './provider.ts'

/** What the page of the front end offers (pages/identity.ts). */
interface FrontEnd {
  logIn: (api: string) => Promise<void>
  open: (verifier?: string) => Promise<{
    status: number
    code?: string
    me?: { id: string; displayName: string }
  }>
  told: Record<string, string>
}

const browser = await launch()
const skip = browser ? false : 'there is no Chromium'
let service: Service
let provider: Awaited<ReturnType<typeof serveProvider>>
let frontEnd: Awaited<ReturnType<typeof servePage>>

before(async () => {
  if (!browser) return
  const port = await freePort()
  frontEnd = await servePage('pages/identity.ts')
  service = await start({
    IDENTITY_ISSUERS: JSON.stringify([issuerAt(port)]),
    CORS_ORIGINS: new URL(frontEnd.url).origin,
  })
  provider = await serveProvider(port, service.url)
})

after(async () => {
  await browser?.close()
  provider?.stop()
  frontEnd?.stop()
  await service?.stop()
})

/** A browser of somebody else, on the page of the front end. */
async function visit(): Promise<Page> {
  const page = (await (await browser?.newContext())?.newPage()) as Page
  await page.goto(frontEnd.url)
  return page
}

/** Goes to the provider; where it knows nobody yet, it asks. */
const leave = (page: Page) =>
  page.evaluate(
    (api) => (globalThis as unknown as { frontEnd: FrontEnd }).frontEnd.logIn(api),
    service.url,
  )

async function logInAs(page: Page, name: string): Promise<void> {
  await enterName(page, name)
  await page.click('button[type=submit]')
}

async function enterName(page: Page, name: string): Promise<void> {
  await page.fill('input[name=login]', name)
  await page.fill('input[name=password]', 'any')
  await page.click('button[type=submit]')
  await page.waitForSelector('text=Authorize')
}

/** What the page is told when the browser is back. */
async function told(page: Page): Promise<Record<string, string>> {
  await page.waitForURL((url) => url.href.startsWith(frontEnd.url))
  await page.waitForFunction('globalThis.frontEnd')
  return page.evaluate(() => (globalThis as unknown as { frontEnd: FrontEnd }).frontEnd.told)
}

const open = (page: Page, verifier?: string) =>
  page.evaluate(
    (verifier) => (globalThis as unknown as { frontEnd: FrontEnd }).frontEnd.open(verifier),
    verifier,
  )

/** Logs somebody in at the provider; answers with where it would lead them then, where nobody has been yet. */
async function holdAnswer(page: Page, name: string): Promise<URL> {
  await leave(page)
  await enterName(page, name)
  // A browser follows redirections by itself: this one is not to follow the last.
  const options = { maxRedirects: 0 }
  const held = new Promise<string>((resolve) => {
    page.route('**/interaction/*', async (route) => {
      const agreed = await route.fetch(options)
      const next = await page.request.get(agreed.headers().location ?? '', options)
      await route.fulfill({ body: 'held' })
      resolve(next.headers().location ?? '')
    })
  })
  await page.click('button[type=submit]')
  return new URL(await held)
}

const refused = { status: 403, code: 'identity_refused' }

it('somebody logs in at the provider, comes back and is signed in; a code is good once', {
  skip,
}, async () => {
  const page = await visit()
  const addresses: string[] = []
  page.on('request', (request) => addresses.push(request.url()))
  await leave(page)
  await logInAs(page, 'Ana')
  const { code } = await told(page)
  const first = await open(page)
  assert.equal(first.status, 201)
  assert.equal(first.me?.displayName, 'Ana of the provider')
  assert.deepEqual(await open(page), refused)
  assert.ok(code && !page.url().includes(code), 'the code is in the address')
  assert.ok(!addresses.some((address) => address.includes(code)), 'a server saw the code')
  // The provider knows Ana now, and asks nothing.
  await leave(page)
  await told(page)
  assert.equal((await open(page)).me?.id, first.me?.id)
})

it('a code is good for nobody else, and after a wrong verifier for nobody at all', {
  skip,
}, async () => {
  const page = await visit()
  await leave(page)
  await logInAs(page, 'Bo')
  await told(page)
  assert.deepEqual(await open(page, 'x'.repeat(43)), refused)
  assert.deepEqual(await open(page), refused)
})

it('a code is good for a minute', { skip }, async () => {
  const page = await visit()
  await leave(page)
  await logInAs(page, 'Cy')
  await told(page)
  await service.execute('update log_in_codes set code_until = code_until - 60000')
  assert.deepEqual(await open(page), refused)
})

it("an answer of the provider does not go with somebody else's state", { skip }, async () => {
  const [mine, theirs] = [await visit(), await visit()]
  const answer = await holdAnswer(mine, 'Di')
  const other = await holdAnswer(theirs, 'Eve')
  const forged = new URL(answer)
  forged.searchParams.set('state', other.searchParams.get('state') ?? '')
  await mine.goto(forged.href)
  assert.deepEqual(await told(mine), { error: 'identity_refused' })
  await theirs.goto(other.href)
  await told(theirs)
  assert.equal((await open(theirs)).me?.displayName, 'Eve of the provider')
})

it('who changes their mind is back on the page, which is told', { skip }, async () => {
  const page = await visit()
  await leave(page)
  await page.click('text=Cancel')
  assert.deepEqual(await told(page), { error: 'access_denied' })
})
