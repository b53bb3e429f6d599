import assert from 'node:assert/strict'
import { after, before, beforeEach, it } from 'node:test'
import { TOTP } from 'otpauth'
import type { BrowserContext, Page } from 'playwright-core'
import { type Service, start } from '../proof/service.ts'
import { addAuthenticator } from './authenticator.ts'
import { launch } from './chromium.ts'

// What a person logs in by, on the page of the service: a passkey of Chromium's virtual authenticator, codes, recovery codes.
const PASSWORD = 'correct horse battery staple'
const NEW_PASSWORD = 'a boat named patience'
const STEP_MS = 30_000

const browser = await launch()
const skip = browser ? false : 'there is no Chromium'

let service: Service
let url: string
let context: BrowserContext
let page: Page
let people = 0

before(async () => {
  if (!browser) return
  service = await start()
  // A passkey is for a domain, which an address in numbers is not.
  url = service.url.replace('127.0.0.1', 'localhost')
})

beforeEach(async () => {
  if (!browser) return
  await context?.close()
  context = await browser.newContext()
  page = await context.newPage()
  page.setDefaultTimeout(20_000)
  page.on('pageerror', (error) => assert.fail(error))
})

after(async () => {
  await browser?.close()
  await service?.stop()
})

const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
const isSignedIn = () => page.getByRole('button', { name: 'Account', exact: true }).waitFor()

async function signUp(): Promise<string> {
  people += 1
  const username = `ana_${people}`
  await page.goto(url)
  await page.getByLabel('Your name').fill('Ana')
  await page.getByLabel('Username').fill(username)
  await page.getByLabel('Password').fill(PASSWORD)
  await press('Create account')
  await isSignedIn()
  await page.goto(`${url}/#/account/security`)
  await page.getByRole('heading', { name: 'Passkeys' }).waitFor()
  return username
}

async function logOut(): Promise<void> {
  await press('Account')
  await page.getByRole('menuitem', { name: 'Log out' }).click()
  await page.getByRole('tab', { name: 'Log in' }).click()
}

async function logIn(username: string, password = PASSWORD): Promise<void> {
  await page.getByLabel('Username or e-mail').fill(username)
  await page.getByLabel('Password').fill(password)
  await press('Log in')
}

/** Ten minutes later. */
const forgetProofs = () => service.execute('update sessions set proven_at = 0')

async function methods(): Promise<string[]> {
  const session = await page.evaluate(
    (key) => JSON.parse(localStorage.getItem(key) ?? '{}'),
    `chat:${url}`,
  )
  const headers = { Authorization: `Bearer ${session.accessToken}` }
  const { items } = (await (await fetch(`${url}/v1/sessions`, { headers })).json()) as {
    items: { id: string; methods: string[] }[]
  }
  return items.find(({ id }) => id === session.id)?.methods ?? []
}

it('a passkey is added, named, logs in without a name, proves who is there, and is removed', {
  skip,
}, async () => {
  await addAuthenticator({ context, page })
  await signUp()
  await page.getByLabel('Name of a new passkey').fill('Laptop')
  await press('Add a passkey')
  await page.getByRole('button', { name: 'Rename Laptop' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Old laptop')
  await press('Save name')
  await page.getByRole('button', { name: 'Remove Old laptop' }).waitFor()
  await logOut()
  await press('Use a passkey')
  await isSignedIn()
  assert.deepEqual(await methods(), ['passkey'])
  await page.goto(`${url}/#/account/security`)
  await forgetProofs()
  await press('Remove Old laptop')
  await press('Remove it')
  await page.getByRole('heading', { name: 'Is it you?' }).waitFor()
  await press('Use a passkey')
  await page.getByRole('button', { name: 'Remove Old laptop' }).waitFor({ state: 'detached' })
  await logOut()
  await press('Use a passkey')
  await page.getByText('This passkey was not accepted.').waitFor()
})

it('who forgot the password shows a passkey in its place, and chooses another', {
  skip,
}, async () => {
  await addAuthenticator({ context, page })
  const username = await signUp()
  await press('Add a passkey')
  await page.getByText('Not used yet').waitFor()
  await page.getByText('Forgot your current password?').click()
  await page.locator('.account-forgotten').getByRole('button', { name: 'Use a passkey' }).click()
  await page.getByLabel('Current password').waitFor({ state: 'detached' })
  await page.getByLabel('New password').fill(NEW_PASSWORD)
  await press('Change password')
  await page.getByText('Your password is changed.').waitFor()
  await logOut()
  await logIn(username, NEW_PASSWORD)
  await isSignedIn()
})

it('a device that does not know its user makes no passkey', { skip }, async () => {
  const devtools = await context.newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
    },
  })
  await signUp()
  await devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false })
  await press('Add a passkey')
  await page.getByText('The browser gave no passkey.').waitFor()
})

it('codes are turned on by a QR code and asked for; a lost phone is no end: a recovery code, and a passkey', {
  skip,
}, async () => {
  await addAuthenticator({ context, page })
  const username = await signUp()
  await press('Set up')
  await page.getByRole('img', { name: 'QR code for your authenticator app' }).waitFor()
  const link = page.locator('.totp-secret a')
  const secret = (await link.textContent()) ?? ''
  assert.ok((await link.getAttribute('href'))?.startsWith('otpauth://totp/'))
  const codeOf = (steps: number) =>
    new TOTP({ secret }).generate({ timestamp: Date.now() + steps * STEP_MS })
  await page.getByLabel('Code that the app shows').fill(codeOf(-1))
  await press('Turn on')
  const shown = page.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem')
  await shown.first().waitFor()
  const recoveryCodes = await shown.allTextContents()
  assert.equal(recoveryCodes.length, 10)
  await press('I have kept them')

  await logOut()
  await logIn(username)
  await page.getByLabel('Code').fill('000000')
  await press('Go on')
  await page.getByText('The code is wrong').waitFor()
  await page.getByLabel('Code').fill(codeOf(0))
  await press('Go on')
  await isSignedIn()
  assert.deepEqual(await methods(), ['password', 'totp'])

  await logOut()
  await logIn(username)
  await press('Use a recovery code instead')
  await page.getByLabel('Recovery code').fill(recoveryCodes[0] ?? '')
  await press('Go on')
  await isSignedIn()
  assert.deepEqual(await methods(), ['password', 'recovery_code'])

  await page.goto(`${url}/#/account/security`)
  await page.getByText('9 recovery codes left').waitFor()
  await forgetProofs()
  await press('Add a passkey')
  await page.getByRole('heading', { name: 'Is it you?' }).waitFor()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Password').fill(PASSWORD)
  await dialog.getByRole('button', { name: 'Use a recovery code instead' }).click()
  await dialog.getByLabel('Recovery code').fill(recoveryCodes[1] ?? '')
  await press('Continue')
  await page.getByText('Not used yet').waitFor()

  await logOut()
  await press('Use a passkey')
  await isSignedIn()
  await page.goto(`${url}/#/account/security`)
  await press('Turn off')
  await press('Set up')
})
