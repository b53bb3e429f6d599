import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { type Service, start } from '../../proof/service.ts'
import { launch } from '../chromium.ts'
import { eventually, Person } from '../person.ts'
import { picture } from '../picture.ts'

const browser = await launch()
const skip = browser ? false : 'there is no Chromium'

let service: Service
let ana: Person
let bo: Person

before(async () => {
  if (!browser) return
  service = await start()
  ana = await Person.at(browser, service.url, 'Ana López')
  bo = await Person.at(browser, service.url, 'Bo')
})

after(async () => {
  await browser?.close()
  await service?.stop()
})

it('two people meet in a room, live', { skip }, async () => {
  await ana.signUp('ana.lopez')
  await ana.makeRoom('Harbour crew')
  await bo.comeAsGuest()
  await bo.join('Harbour crew')
  await bo.write('Is anybody here?')
  await ana.message('Is anybody here?').waitFor()
  await ana.write('Always.')
  await bo.message('Always.').waitFor()
})

it('a guest keeps the account, with all that was said', { skip }, async () => {
  await bo.page.getByRole('link', { name: /Keep this account/ }).click()
  await bo.page.getByLabel('Username').fill('bo.jensen')
  await bo.page.getByLabel('Password').fill('a boat named patience')
  await bo.page.getByRole('button', { name: /^Keep (the|this) account/ }).click()
  await bo.page.getByRole('heading', { name: 'Keep this account' }).waitFor({ state: 'detached' })
  await bo.go('#/account/profile')
  await bo.page.getByLabel('Your name').fill('Bo Jensen')
  await bo.page.getByRole('button', { name: 'Save profile' }).click()
  await ana.message('Is anybody here?').getByText('Bo Jensen').waitFor()
})

it('a picture arrives, and is there for its author before that', { skip }, async () => {
  await bo.page.getByRole('link', { name: /Harbour crew/ }).click()
  await ana.page.locator('input[type=file]').setInputFiles(picture('harbour.png'))
  await ana.page.getByRole('list', { name: 'Files of this message' }).waitFor()
  await ana.composer.fill('The harbour this morning')
  await ana.page.getByRole('button', { name: 'Send' }).click()
  const shown = bo.message('The harbour this morning').getByRole('img', { name: 'harbour.png' })
  await shown.waitFor()
  // Nothing may be evaluated on the page, so it is asked again and again from outside.
  await eventually(async () => {
    const widths = await shown.evaluateAll((images) =>
      images.map((one) => 'naturalWidth' in one && one.naturalWidth),
    )
    assert.deepEqual(widths, [320])
  })
})

it('a mention in another room shows at its name', { skip }, async () => {
  await ana.makeRoom('Repairs')
  await bo.join('Repairs')
  await bo.page.getByRole('link', { name: /Harbour crew/ }).click()
  await ana.composer.pressSequentially('Have you seen the drill, @bo')
  await ana.page.getByRole('option', { name: /Bo Jensen/ }).waitFor()
  await ana.composer.press('Enter')
  await ana.composer.pressSequentially('?')
  await ana.composer.press('Enter')
  await ana.message('Have you seen the drill, @Bo Jensen').waitFor()
  const badge = bo.page.locator('.room-item', { hasText: 'Repairs' }).locator('.badge-mention')
  await badge.waitFor()
  assert.match((await badge.textContent()) ?? '', /1 of them mentions you/)
})

it('a ban is seen at once', { skip }, async () => {
  await ana.page.getByRole('link', { name: /Harbour crew/ }).click()
  await ana.page.getByRole('link', { name: /^Members/ }).click()
  await ana.page.getByRole('button', { name: 'What to do about Bo Jensen' }).click()
  await ana.page.getByRole('menuitem', { name: 'Ban …' }).click()
  await ana.page.getByLabel('Reason').fill('The drill is gone.')
  await ana.page.getByRole('button', { name: 'Ban', exact: true }).click()
  await bo.page.getByText('You are banned from this room').waitFor({ timeout: 5_000 })
  await ana.page.getByRole('button', { name: 'Room', exact: true }).click()
  await ana.page.getByRole('menuitem', { name: 'Moderation' }).click()
  await ana.page.getByText('The drill is gone.').first().waitFor()
})

it('the browser complains of nothing, nor does its policy', { skip }, async () => {
  await ana.leave()
  await bo.leave()
})
