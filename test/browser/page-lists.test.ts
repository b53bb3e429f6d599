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

const menu = async (person: Person, item: string) => {
  await person.page.getByRole('button', { name: 'Room', exact: true }).click()
  await person.page.getByRole('menuitem', { name: item, exact: true }).click()
}

const list = async (person: Person, name: string) => {
  await person.page.getByRole('button', { name: /Choose which rooms are listed/ }).click()
  await person.page.getByRole('menuitemradio', { name }).click()
}

const rooms = (person: Person) => person.page.locator('.room-item')

it('who has read the last message of one’s own is named', { skip }, async () => {
  await bo.go('#/')
  await ana.write('Who takes the ropes?')
  const seen = ana.page.locator('.seen-by')
  assert.equal((await seen.textContent())?.trim(), '')
  await bo.go(`#/rooms/${roomId}`)
  await seen.getByText('Seen by Bo Jensen').waitFor()
  await ana.page.reload()
  await seen.getByText('Seen by Bo Jensen').waitFor()
})

it('a thread that one follows is listed with what is unread, and read by opening it', {
  skip,
}, async () => {
  await ana.message('Who takes the ropes?').hover()
  await ana.message('Who takes the ropes?').getByRole('link', { name: 'Reply in a thread' }).click()
  const reply = (person: Person) => person.page.getByRole('textbox', { name: 'Reply' })
  await reply(ana).fill('The new ones are heavy.')
  await reply(ana).press('Enter')
  await ana.page.getByRole('button', { name: 'Following', exact: true }).waitFor()
  await ana.go('#/threads')
  await bo.go(`#/rooms/${roomId}/threads/${await seqOf(bo, 'Who takes the ropes?')}`)
  await reply(bo).fill('I do, then.')
  await reply(bo).press('Enter')
  await ana.page
    .getByRole('link', { name: /Threads/ })
    .getByText('1', { exact: true })
    .waitFor()
  const row = ana.page.locator('.message-row', { hasText: 'Who takes the ropes?' })
  await row.locator('.badge').waitFor({ timeout: 30_000 })
  await ana.holdsUp('the threads')
  await row.click()
  await ana.page.getByRole('complementary', { name: 'Thread' }).getByText('I do, then.').waitFor()
  await ana.page.locator('.sidebar-ways .badge').waitFor({ state: 'detached', timeout: 30_000 })
  await ana.page.getByRole('button', { name: 'Following', exact: true }).click()
  await ana.page.getByRole('button', { name: 'Follow', exact: true }).waitFor()
  await ana.page.getByRole('button', { name: 'Close Thread' }).click()
})

it('a favourite stands first and in a list of its own; what is archived is only there', {
  skip,
}, async () => {
  await ana.makeRoom('Repairs')
  await menu(ana, 'Make it a favourite')
  await ana.page.getByRole('heading', { name: 'Favourites' }).waitFor()
  await list(ana, 'Favourites')
  await eventually(async () => assert.equal(await rooms(ana).count(), 1))
  await rooms(ana).filter({ hasText: 'Repairs' }).waitFor()
  await menu(ana, 'Archive')
  await ana.page.getByText('No favourites yet').waitFor()
  await ana.holdsUp('an empty list')
  await list(ana, 'Archive')
  await rooms(ana).filter({ hasText: 'Repairs' }).waitFor()
  await ana.page.reload()
  await list(ana, 'Archive')
  await rooms(ana).filter({ hasText: 'Repairs' }).waitFor()
  await bo.join('Repairs')
  await bo.write('The drill is back.')
  await list(ana, 'All rooms')
  await rooms(ana).filter({ hasText: 'The drill is back.' }).waitFor()
})

it('a room is snoozed and no longer', { skip }, async () => {
  await ana.go(`#/rooms/${roomId}/settings`)
  await ana.page.getByRole('button', { name: 'For an hour' }).click()
  await ana.page.getByText(/Snooze \(until/).waitFor()
  await ana.page.getByRole('button', { name: 'End it' }).click()
  await ana.page.getByRole('button', { name: 'For an hour' }).waitFor()
  await ana.page.getByLabel('Notify me of').selectOption('all')
  await ana.page.locator('.notice', { hasText: 'Saved.' }).first().waitFor()
  await ana.page.getByRole('button', { name: 'Close Settings' }).click()
})

it('the browsers complain of nothing', { skip }, async () => {
  await ana.leave()
  await bo.leave()
})

const seqOf = (person: Person, text: string) =>
  person.message(text).first().getAttribute('data-seq')
