import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { after, before, it } from 'node:test'
import { type Browser, launch } from 'puppeteer-core'
import { type Service, start } from '../proof/service.ts'
import { servePage } from './page.ts'

// Debian's, which `.ci/run` installs. Stock Firefox is driven by WebDriver BiDi, which playwright does not speak.
const FIREFOX = '/usr/bin/firefox-esr'
const isThere = existsSync(FIREFOX)
if (!isThere) console.log('THERE IS NO FIREFOX HERE: WHAT NEEDS IT IS SKIPPED.')
const skip = isThere ? false : 'there is no Firefox'

let service: Service
let browser: Browser | undefined
let frontEnd: Awaited<ReturnType<typeof servePage>>

before(async () => {
  if (!isThere) return
  service = await start()
  frontEnd = await servePage('pages/journey.ts')
  browser = await launch({ browser: 'firefox', executablePath: FIREFOX, headless: true })
})

after(async () => {
  await browser?.close()
  frontEnd?.stop()
  await service?.stop()
})

it('Firefox runs the client: a guest, a message, typing, a reaction, a picture, offline and back', {
  skip,
}, async () => {
  const page = await browser?.newPage()
  assert.ok(page)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(String(error)))
  await page.goto(frontEnd.url)
  await page.waitForFunction('window.journey')
  const seen = await page.evaluate(`journey(${JSON.stringify(service.url)})`)
  assert.deepEqual(seen, ['hello', 'hi', 'look', 'from offline'])
  assert.deepEqual(faults, [])
})
