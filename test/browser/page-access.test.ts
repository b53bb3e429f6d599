import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { type Service, start } from '../proof/service.ts'
import { launch } from './chromium.ts'
import { PASSWORD, Person } from './person.ts'

const browser = await launch()
const skip = browser ? false : 'there is no Chromium'

let service: Service
let roomId: string

before(async () => {
  if (!browser) return
  service = await start()
  const ana = await Person.at(browser, service.url, 'Ana López')
  await ana.signUp('ana.lopez')
  roomId = await ana.makeRoom('Harbour crew')
  await ana.write('Who takes the ropes? https://example.com/ropes')
  await ana.composer.fill('The list is in `rope.txt`')
  await ana.composer.press('Enter')
  await ana.message('The list is in rope.txt').waitFor()
  await ana.leave()
})

after(async () => {
  await browser?.close()
  await service?.stop()
})

const VIEWS = [
  '#/',
  '#/discover',
  '#/new-room',
  '#/people',
  '#/threads',
  '#/mentions',
  '#/account/profile',
  '#/account/security',
  '#/account/devices',
  '#/account/privacy',
  '#/account/notifications',
  '#/account/data',
  '#/invite/none',
]
const PANELS = ['', '/members', '/pins', '/search', '/settings', '/moderation']

async function logIn(person: Person): Promise<void> {
  await person.page.getByRole('tab', { name: 'Log in' }).click()
  await person.page.getByLabel('Username or e-mail').fill('ana.lopez')
  await person.page.getByLabel('Password').fill(PASSWORD)
  await person.page.getByRole('button', { name: 'Log in' }).click()
  await person.page.getByRole('link', { name: /Harbour crew/ }).waitFor()
}

const devices = [
  { colorScheme: 'light', viewport: { width: 1440, height: 900 } },
  { colorScheme: 'dark', viewport: { width: 1440, height: 900 } },
  { colorScheme: 'light', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
] as const

for (const device of devices) {
  const name = `${device.colorScheme}, ${device.viewport.width} pixels wide`
  it(`axe finds nothing in any view: ${name}`, { skip }, async () => {
    if (!browser) return
    const ana = await Person.at(browser, service.url, 'Ana López', device)
    await ana.holdsUp('welcome')
    await logIn(ana)
    for (const view of VIEWS) {
      await ana.go(view)
      await ana.page.waitForTimeout(300)
      await ana.holdsUp(view)
      assert.equal(await widthOver(ana), 0, `${view} is wider than its screen`)
    }
    for (const panel of PANELS) {
      await ana.go(`#/rooms/${roomId}${panel}`)
      await ana.page.getByText('Harbour crew').first().waitFor({ state: 'attached' })
      await ana.page.waitForTimeout(300)
      await ana.holdsUp(`the room${panel}`)
      assert.equal(await widthOver(ana), 0, `${panel} is wider than its screen`)
    }
    await ana.leave()
  })
}

/** How much of the page can only be reached by scrolling sideways. */
const widthOver = (person: Person): Promise<number> =>
  person.page.evaluate('document.documentElement.scrollWidth - innerWidth')

it('a phone shows the rooms or one of them, and leads back', { skip }, async () => {
  if (!browser) return
  const ana = await Person.at(browser, service.url, 'Ana López', devices[2])
  await logIn(ana)
  await ana.page.getByRole('link', { name: /Harbour crew/ }).tap()
  await ana.page.getByRole('heading', { name: 'Harbour crew' }).waitFor()
  assert.equal(await ana.page.getByRole('navigation').isVisible(), false)
  await ana.composer.fill('From the phone')
  await ana.page.getByRole('button', { name: 'Send' }).tap()
  await ana.message('From the phone').waitFor()
  await ana.page.getByRole('link', { name: 'All rooms' }).tap()
  await ana.page.getByRole('navigation').waitFor()
  await ana.leave()
})

it('everything is done by keys alone', { skip }, async () => {
  if (!browser) return
  const ana = await Person.at(browser, service.url, 'Ana López')
  const { keyboard } = ana.page
  const focused = () => ana.page.locator(':focus')
  const tabTo = async (name: RegExp) => {
    for (let presses = 0; presses < 60; presses += 1) {
      await keyboard.press('Tab')
      const label = await focused().evaluate(
        (element) => element.getAttribute('aria-label') ?? element.textContent ?? '',
      )
      if (name.test(label)) return
    }
    assert.fail(`Tab does not lead to ${name}`)
  }
  await tabTo(/Sign up/)
  await keyboard.press('ArrowRight')
  await keyboard.press('Tab')
  await keyboard.type('ana.lopez')
  await keyboard.press('Tab')
  await keyboard.type(PASSWORD)
  await keyboard.press('Enter')
  await ana.page.getByRole('link', { name: /Harbour crew/ }).waitFor()
  await tabTo(/Harbour crew/)
  await keyboard.press('Enter')
  await ana.composer.waitFor()
  assert.ok(
    await ana.composer.evaluate((field) => field.matches(':focus')),
    'one can write at once',
  )
  await keyboard.type('Typed, not clicked')
  await keyboard.press('Enter')
  await ana.message('Typed, not clicked').waitFor()
  // Back to the messages, up by one and down again, and to what can be done with it.
  for (let presses = 0; presses < 30; presses += 1) {
    if (await focused().evaluate((element) => element.matches('.message'))) break
    await keyboard.press('Shift+Tab')
  }
  await keyboard.press('ArrowUp')
  await keyboard.press('End')
  assert.match((await focused().textContent()) ?? '', /Typed, not clicked/)
  await tabTo(/React with 👍/)
  await keyboard.press('Enter')
  await ana.message('Typed, not clicked').getByRole('button', { name: '👍 1' }).waitFor()
  await ana.leave()
})
