// node test/browser/page-load.ts ROUNDS URL...: loads the page of each service in turns, and prints what each load was like as JSON.
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { launch } from './chromium.ts'
import { picture } from './picture.ts'

const MESSAGES = 60
/** What shifts after a first message, such as by a picture that arrives, shifts by then. */
const SETTLE_MS = 1_000

/** Runs on the page before its own scripts. */
const WATCH = `
  window.shift = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value
  }).observe({ type: 'layout-shift', buffered: true })
  new MutationObserver((_, observer) => {
    if (!document.querySelector('.conversation .message')) return
    window.firstMessage = performance.now()
    observer.disconnect()
  }).observe(document, { childList: true, subtree: true })
`

interface SignedIn {
  me: { id: string }
  session: { id: string; accessToken: string; accessExpiresIn: number; refreshToken: string }
}

interface Load {
  firstMessage: number
  shift: number
}

interface Place {
  url: string
  roomId: string
  storageState: Exclude<BrowserContextOptions['storageState'], string | undefined>
}

/** Somebody with a room that has a screen of messages, and a picture among the last. */
async function settle(url: string): Promise<Place> {
  let token = ''
  const ask = async <T>(method: string, path: string, body: unknown, headers = {}): Promise<T> => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        'Content-Type': 'application/json',
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        ...headers,
      },
      body: body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`)
    return answer.json() as Promise<T>
  }
  const user = { username: `ana${Date.now()}`, password: 'low tide at the harbour' }
  const { me, session } = await ask<SignedIn>('POST', '/v1/users', user)
  token = session.accessToken
  const { id: roomId } = await ask<{ id: string }>('POST', '/v1/rooms', { name: 'Harbour crew' })
  const post = (message: object) =>
    ask('POST', `/v1/rooms/${roomId}/messages`, { nonce: crypto.randomUUID(), ...message })
  for (let count = 1; count <= MESSAGES; count += 1) await post({ text: `Line ${count}` })
  const { buffer, mimeType } = picture('harbour.png')
  const type = { 'Content-Type': mimeType }
  const bytes = new Uint8Array(buffer)
  const media = await ask<{ id: string }>('POST', `/v1/rooms/${roomId}/media`, bytes, type)
  await post({ text: 'The harbour this morning', attachments: [media.id] })
  await post({ text: 'Who takes the ropes?' })
  const { id, accessToken, accessExpiresIn, refreshToken } = session
  const expiresAt = Date.now() + accessExpiresIn * 1000
  const value = JSON.stringify({ id, userId: me.id, accessToken, expiresAt, refreshToken })
  const localStorage = [{ name: `chat:${url}`, value }]
  return { url, roomId, storageState: { cookies: [], origins: [{ origin: url, localStorage }] } }
}

async function loads(
  browser: Browser,
  { url, roomId, storageState }: Place,
  [width, height]: readonly [number, number],
  times: number,
): Promise<Load[]> {
  const context = await browser.newContext({ storageState, viewport: { width, height } })
  await context.addInitScript(WATCH)
  const page = await context.newPage()
  const look = async (): Promise<Load> => {
    await page.locator('.conversation .message').first().waitFor()
    await page.waitForTimeout(SETTLE_MS)
    return page.evaluate('({ firstMessage: window.firstMessage, shift: window.shift })')
  }
  await page.goto(`${url}/#/rooms/${roomId}`)
  const seen = [await look()]
  while (seen.length < times) {
    await page.reload()
    seen.push(await look())
  }
  await context.close()
  return seen
}

const [rounds, ...urls] = process.argv.slice(2)
const browser = await launch()
if (!browser) process.exit(1)
const places = await Promise.all(urls.map(settle))
const seen = urls.map(() => ({
  cold: [] as number[],
  again: [] as number[],
  desktop: [] as number[],
  phone: [] as number[],
}))
// The first round warms the service up.
for (let round = 0; round <= Number(rounds); round += 1) {
  for (const [at, place] of places.entries()) {
    const [cold, again] = (await loads(browser, place, [1440, 900], 2)) as [Load, Load]
    const [phone] = (await loads(browser, place, [390, 844], 1)) as [Load]
    if (round === 0) continue
    seen[at]?.cold.push(cold.firstMessage)
    seen[at]?.again.push(again.firstMessage)
    seen[at]?.desktop.push(cold.shift)
    seen[at]?.phone.push(phone.shift)
  }
}
await browser.close()
console.log(JSON.stringify(seen))
