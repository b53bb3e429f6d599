import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import type { Service } from '../proof/service.ts'
import { launch } from './chromium.ts'
import { eventually, type Person } from './person.ts'
import { twoPeople } from './two-people.ts'

const browser = await launch()
const skip = browser ? false : 'there is no Chromium'

let service: Service
let ana: Person
let bo: Person
let roomId: string

before(async () => {
  if (!browser) return
  ;({ service, ana, bo, roomId } = await twoPeople(browser))
})

after(async () => {
  await browser?.close()
  await service?.stop()
})

it('a reaction is counted for both, and taken back', { skip }, async () => {
  await ana.write('Who takes the ropes?')
  await bo.message('Who takes the ropes?').hover()
  await bo.message('Who takes the ropes?').getByRole('button', { name: 'React with 👍' }).click()
  const reaction = ana.message('Who takes the ropes?').getByRole('button', { name: '👍 1' })
  await reaction.click()
  const both = bo.message('Who takes the ropes?').getByRole('button', { name: '👍 2' })
  await both.waitFor()
  assert.equal(await both.getAttribute('aria-pressed'), 'true')
  await both.click()
  await reaction.waitFor()
})

it('a thread is answered beside the room, and counted in it', { skip }, async () => {
  await bo.message('Who takes the ropes?').hover()
  await bo.message('Who takes the ropes?').getByRole('link', { name: 'Reply in a thread' }).click()
  const reply = bo.page.getByRole('textbox', { name: 'Reply' })
  await reply.fill('I do.')
  await reply.press('Enter')
  await ana
    .message('Who takes the ropes?')
    .getByRole('link', { name: /1 reply/ })
    .click()
  await ana.page.getByRole('complementary', { name: 'Thread' }).getByText('I do.').waitFor()
  await ana.page.keyboard.press('Escape')
  await ana.page.getByRole('complementary', { name: 'Thread' }).waitFor({ state: 'detached' })
  await bo.page.getByRole('button', { name: 'Close Thread' }).click()
})

it('an edit and a deletion are seen by the other', { skip }, async () => {
  await ana.write('Low tide is at nine.')
  await ana.composer.press('ArrowUp')
  const editor = ana.page.getByRole('textbox', { name: 'Edit the message' })
  await editor.fill('Low tide is at eight.')
  await editor.press('Enter')
  await bo.message('Low tide is at eight. (edited)').waitFor()
  await ana.message('Low tide is at eight.').hover()
  await ana.message('Low tide is at eight.').getByRole('button', { name: 'More' }).click()
  await ana.page.getByRole('menuitem', { name: 'Delete' }).click()
  await ana.page.getByRole('button', { name: 'Delete', exact: true }).click()
  await bo.page.getByText('This message was deleted.').waitFor()
})

it('search finds a word and leads to where it was said', { skip }, async () => {
  await ana.write('The east buoy has drifted.')
  for (let i = 1; i <= 60; i += 1)
    await bo.composer.fill(`Line ${i}`).then(() => bo.composer.press('Enter'))
  await ana.message('Line 60').waitFor()
  await ana.page.getByRole('link', { name: 'Search' }).click()
  await ana.page.getByRole('searchbox', { name: 'Search this room' }).fill('buoy')
  await ana.page.locator('.message-row', { hasText: 'buoy' }).click()
  const found = ana.message('The east buoy has drifted.')
  await eventually(async () => assert.match((await found.getAttribute('class')) ?? '', /flashed/))
  assert.ok(await found.isVisible())
})

it('history is read upwards, and what is read stays in its place', { skip }, async () => {
  await bo.page.reload()
  await bo.message('Line 60').waitFor()
  const box = bo.page.getByRole('region', { name: 'Messages' })
  const first = bo.message('Line 30').first()
  await first.scrollIntoViewIfNeeded()
  const before = await first.boundingBox()
  await bo.message('Who takes the ropes?').first().waitFor({ state: 'attached' })
  await eventually(async () => {
    const now = await first.boundingBox()
    assert.ok(Math.abs((now?.y ?? 0) - (before?.y ?? 0)) < 3, `${before?.y} ${now?.y}`)
  })
  await bo.page.getByRole('button', { name: /jump to the latest/ }).click()
  await bo.message('Line 60').waitFor()
  assert.ok(await box.isVisible())
})

it('the time beside a message takes one line, with AM and PM, too', { skip }, async () => {
  const times = bo.page.locator('.message-side-time')
  const heights = await times.evaluateAll((all) =>
    all.map((time) => time.getBoundingClientRect().height),
  )
  // Two are 44 pixels.
  assert.ok(heights.length > 0 && Math.max(...heights) < 30, heights.join())
})

it('what is written offline is kept, shown, and sent once', { skip }, async () => {
  await bo.context.setOffline(true)
  await bo.composer.fill('Written under a bridge')
  await bo.composer.press('Enter')
  const pending = bo.page.locator('.message-pending', { hasText: 'Written under a bridge' })
  await pending.waitFor()
  await bo.page.getByText(/You are offline/).waitFor()
  assert.ok(await pending.isVisible())
  await bo.context.setOffline(false)
  await ana.message('Written under a bridge').waitFor({ timeout: 60_000 })
  await bo.message('Written under a bridge').waitFor()
  assert.equal(await bo.message('Written under a bridge').count(), 1)
  assert.equal(await ana.message('Written under a bridge').count(), 1)
})

it('two tabs have one outbox: what one could not send, the other sends', { skip }, async () => {
  const other = await bo.tab()
  await other.locator('.message', { hasText: 'Line 60' }).waitFor()
  await bo.context.setOffline(true)
  await other.getByRole('textbox', { name: /^Message / }).fill('From a tab that was closed')
  await other.getByRole('textbox', { name: /^Message / }).press('Enter')
  await other.locator('.message', { hasText: 'From a tab that was closed' }).waitFor()
  await other.close()
  await bo.context.setOffline(false)
  await ana.message('From a tab that was closed').waitFor({ timeout: 60_000 })
  await bo.message('From a tab that was closed').waitFor()
  assert.equal(await ana.message('From a tab that was closed').count(), 1)
})

it('a direct message, once friends', { skip }, async () => {
  await ana.go('#/people')
  await ana.page.getByRole('searchbox', { name: 'Find somebody by name' }).fill('bo')
  await ana.page.getByRole('button', { name: 'Add friend Bo Jensen' }).click()
  await bo.go('#/people')
  await bo.page.getByRole('button', { name: 'Accept Ana López' }).click()
  await bo.page.getByRole('button', { name: 'Message Ana López' }).click()
  await bo.write('Coffee at ten?')
  const badge = ana.page.locator('.room-item', { hasText: 'Coffee at ten?' }).locator('.badge')
  await badge.waitFor()
})

it('an invite opens a closed room', { skip }, async () => {
  await ana.go('#/new-room')
  await ana.page.getByLabel('Name', { exact: true }).fill('Race committee')
  await ana.page.getByRole('radio', { name: /Only those let in/ }).check()
  await ana.page.getByRole('button', { name: 'Make the room' }).click()
  await ana.page.getByRole('button', { name: 'Room', exact: true }).click()
  await ana.page.getByRole('menuitem', { name: 'Settings' }).click()
  await ana.page.getByRole('button', { name: /Make a link/ }).click()
  const link = await ana.page.getByRole('textbox', { name: 'Link of the invite' }).inputValue()
  await bo.go(link.split('/').slice(3).join('/'))
  await bo.page.getByRole('button', { name: 'Join', exact: true }).click()
  await bo.page.getByRole('heading', { name: 'Race committee', level: 1 }).waitFor()
})

it('the browsers complain of nothing', { skip }, async () => {
  await ana.leave()
  await bo.leave()
  assert.ok(roomId)
})
