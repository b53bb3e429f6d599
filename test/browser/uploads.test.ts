import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, it } from 'node:test'
import type { Page } from 'playwright-core'
import { type Service, start } from '../proof/service.ts'
import { postJson, registerUser } from '../proof/users.ts'
import { launch } from './chromium.ts'
import { servePage } from './page.ts'
import type { Acts, Orders } from './upload-orders.ts'

const BYTES = 7_654_321

const browser = await launch()
const skip = browser ? false : 'there is no Chromium'

let service: Service
let ana: Awaited<ReturnType<typeof registerUser>>
let orders: Orders
let page: Page
let frontEnd: Awaited<ReturnType<typeof servePage>>
/** The methods of what was sent to the service, by the page. */
let methods: string[] = []

before(async () => {
  if (!browser) return
  service = await start()
  ana = await registerUser(service.url)
  const made = await ana.fetch('/v1/rooms', postJson({ name: 'Harbour' }))
  const { id } = (await made.json()) as { id: string }
  const endpoint = `${service.url}/v1/rooms/${id}/uploads`
  orders = { endpoint, token: ana.token, bytes: BYTES, overridePatchMethod: false }
  frontEnd = await servePage('pages/uploads.ts')
  page = await browser.newPage()
  page.on('request', (request) => methods.push(request.method()))
  await page.goto(frontEnd.url)
  await page.waitForFunction('window.acts')
})

after(async () => {
  await browser?.close()
  frontEnd?.stop()
  await service?.stop()
})

/** Has the page do something; answers what it tells. */
async function ask<N extends keyof Acts>(name: N, change: Partial<Orders> = {}) {
  methods = []
  const given = { name, orders: { ...orders, ...change } }
  const told = await page.evaluate(({ name, orders }) => {
    const { acts } = globalThis as unknown as { acts: Record<string, (orders: Orders) => unknown> }
    return acts[name]?.(orders)
  }, given)
  return told as Awaited<ReturnType<Acts[N]>>
}

const idOf = (url: string) => url.split('/').at(-1)

async function storedHash(url: string): Promise<string> {
  const answer = await ana.fetch(`/v1/media/${idOf(url)}`)
  assert.equal(answer.status, 200)
  return createHash('sha256')
    .update(new Uint8Array(await answer.arrayBuffer()))
    .digest('hex')
}

for (const overridePatchMethod of [false, true]) {
  const how = overridePatchMethod ? 'with POST in the place of PATCH' : 'with PATCH'

  it(`tus-js-client ${how}, broken off and resumed, stores what it was given`, {
    skip,
  }, async () => {
    const { url, sha256 } = await ask('byTusJsClient', { overridePatchMethod })
    assert.equal(await storedHash(url), sha256)
    holdMethods(overridePatchMethod)
  })

  it(`Uppy ${how}, paused and resumed, stores what it was given`, { skip }, async () => {
    const { url, sha256, wasPaused } = await ask('byUppy', { overridePatchMethod })
    assert.ok(wasPaused)
    assert.equal(await storedHash(url), sha256)
    holdMethods(overridePatchMethod)
  })
}

/** As asked, or the test would show nothing. */
function holdMethods(overridePatchMethod: boolean): void {
  assert.equal(methods.includes('PATCH'), !overridePatchMethod, methods.join())
}

it('the client goes on with a file that is picked again after the page was closed', {
  skip,
}, async () => {
  const change = { bytes: 24 * 1024 * 1024 }
  // The page that was asked does not come to answer.
  await Promise.all([page.waitForEvent('load'), ask('begin', change).catch(() => {})])
  await page.waitForFunction('window.acts')
  const { url, from, sha256 } = await ask('resume', change)
  assert.ok(from >= 10 * 1024 * 1024, `from ${from}: ${methods.join()}`)
  assert.ok(methods.includes('HEAD') && !methods.includes('POST'), methods.join())
  assert.equal(await storedHash(url), sha256)
  assert.deepEqual(await page.evaluate('Object.keys(localStorage)'), [])
})

it('a page reads the metadata of an upload, and which version is spoken', { skip }, async () => {
  const { url } = await ask('byTusJsClient', { bytes: 2_000_000 })
  const { status, metadata } = await ask('readBack', { endpoint: url })
  assert.equal(status, 200)
  assert.equal(metadata, `filename ${btoa('boat.mp4')},filetype ${btoa('video/mp4')}`)
  assert.deepEqual(await ask('asOtherVersion'), { status: 412, version: '1.0.0' })
})
