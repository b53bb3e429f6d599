import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { TOTP } from 'otpauth'
import { type Service, start } from '../proof/service.ts'
import { launch } from './chromium.ts'
import { eventually, PASSWORD, Person } from './person.ts'

const NEW_PASSWORD = 'a boat named patience'
const PARTS = ['profile', 'security', 'devices', 'privacy', 'notifications', 'data']

const browser = await launch()
const skip = browser ? false : 'there is no Chromium'

let service: Service
let ana: Person
let phone: Person

before(async () => {
  if (!browser) return
  service = await start({
    MAIL_FROM: 'chatroom@localhost',
    PUBLIC_URL: 'http://127.0.0.1',
    LOCAL_MAIL: 'on',
  })
  ana = await Person.at(browser, service.url, 'Ana')
  phone = await Person.at(browser, service.url, 'Ana on her phone', {
    viewport: { width: 390, height: 844 },
  })
})

after(async () => {
  await browser?.close()
  await service?.stop()
})

async function logIn(person: Person, username: string, password: string): Promise<void> {
  await person.page.getByRole('tab', { name: 'Log in' }).click()
  await person.page.getByLabel('Username or e-mail').fill(username)
  await person.page.getByLabel('Password').fill(password)
  await person.press('Log in')
}

/** The account as it is on this device. */
const isSignedIn = (person: Person) => person.page.locator('.account-link').waitFor()
const isSignedOut = (person: Person) => person.page.getByRole('tab', { name: 'Log in' }).waitFor()

/** Ten minutes later. */
const forgetProofs = () => service.execute('update sessions set proven_at = 0')

/** Follows the link of the latest letter with this subject, as the local mail page shows it. */
async function followLetter(person: Person, subject: RegExp): Promise<void> {
  const mail = await person.context.newPage()
  await mail.goto(`${service.url}/_local/mail`)
  const letter = mail.locator('article', { hasText: subject }).first()
  const link = await letter.getByRole('link').first().getAttribute('href')
  await mail.close()
  await person.page.goto(service.url + new URL(link ?? '').hash.replace(/^/, '/'))
}

it('passwords are masked, are known to password managers and may be pasted', { skip }, async () => {
  const { page, context } = phone
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(PASSWORD)})`)
  for (const [tab, purpose] of [
    ['Sign up', 'new-password'],
    ['Log in', 'current-password'],
  ] as const) {
    await page.getByRole('tab', { name: tab }).click()
    const field = page.getByLabel('Password')
    assert.equal(await field.getAttribute('type'), 'password')
    assert.equal(await field.getAttribute('autocomplete'), purpose)
    await field.fill('')
    await field.press('ControlOrMeta+v')
    assert.equal(await field.inputValue(), PASSWORD)
    await field.fill('')
  }
})

it('a guest keeps the account, and everything in it', { skip }, async () => {
  await ana.comeAsGuest()
  const before = await ana.page.evaluate('Object.values(localStorage).join()')
  await ana.go('#/account/security')
  await ana.page.getByLabel('Username').fill('ana.lopez')
  await ana.page.getByLabel('Password').fill('password')
  await ana.press('Keep the account')
  // What is wrong is said at its field, which has the focus.
  await ana.page.locator('[name=password][aria-invalid=true]:focus').waitFor()
  await ana.page.getByLabel('Password').fill(PASSWORD)
  await ana.press('Keep the account')
  await ana.isTold('This account is yours to keep, @ana.lopez.')
  const userId = (text: unknown) => /"userId":"([^"]+)"/.exec(String(text))?.[1]
  const now = await ana.page.evaluate('Object.values(localStorage).join()')
  assert.equal(userId(now), userId(before))
})

it('a profile is changed, with a picture', { skip }, async () => {
  await ana.go('#/account/profile')
  await ana.page.getByLabel('Your name').fill('Ana López')
  await ana.page.getByLabel('About you').fill('Tea, trains, type theory.')
  await ana.press('Save profile')
  await ana.isTold('Your profile is saved.')
  await ana.page.locator('.account-name', { hasText: 'Ana López' }).waitFor()
  await ana.page.getByLabel('A picture of you').setInputFiles({
    name: 'ana.png',
    mimeType: 'image/png',
    buffer: Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    ),
  })
  await ana.page.getByAltText('What you have chosen').waitFor()
  await ana.press('Use this picture')
  await ana.isTold('This is your picture now.')
  await ana.page.locator('.account-link .avatar img').waitFor()
})

it('a new password signs out the other device', { skip }, async () => {
  await logIn(phone, 'ana.lopez', PASSWORD)
  await isSignedIn(phone)
  await ana.go('#/account/security')
  await ana.page.getByLabel('Current password').fill('not hers at all')
  await ana.page.getByLabel('New password').fill(NEW_PASSWORD)
  await ana.press('Change password')
  await ana.page.locator('[name=currentPassword][aria-invalid=true]:focus').waitFor()
  await ana.page.getByLabel('Current password').fill(PASSWORD)
  await ana.press('Change password')
  await ana.isTold('Your password is changed.')
  await isSignedOut(phone)
})

it('devices are listed, and one is signed out after a proof', { skip }, async () => {
  await logIn(phone, 'ana.lopez', NEW_PASSWORD)
  await isSignedIn(phone)
  await forgetProofs()
  await ana.go('#/account/devices')
  const rows = ana.page.locator('.rows .row')
  await eventually(async () => assert.equal(await rows.count(), 2))
  await ana.page.getByText('This device').waitFor()
  await ana.page.getByRole('button', { name: /^Sign out (?!all)/ }).click()
  const dialog = ana.page.getByRole('dialog', { name: 'Is it you?' })
  await dialog.locator('[name=password]:focus').waitFor()
  await ana.holdsUp('the dialog that asks for a proof')
  await dialog.getByLabel('Password').fill(NEW_PASSWORD)
  await dialog.getByRole('button', { name: 'Continue' }).click()
  await isSignedOut(phone)
  await eventually(async () => assert.equal(await rows.count(), 1))
})

it('an address is verified by the link in a letter', { skip }, async () => {
  await ana.go('#/account/security')
  await ana.page.getByRole('textbox', { name: 'E-mail address' }).fill('ana@example.com')
  await ana.press('Save address')
  await ana.isTold('A link is on its way to ana@example.com.')
  await ana.page.getByText('Not verified').waitFor()
  await eventually(() => followLetter(ana, /verify/i))
  await ana.isTold('Your e-mail address is verified.')
  await ana.page.getByText('Verified', { exact: true }).waitFor()
  assert.ok(!ana.page.url().includes('verify='), 'the token stays in the address')
})

it('who forgot the password chooses another by a letter', { skip }, async () => {
  await phone.page.getByRole('tab', { name: 'Log in' }).click()
  await phone.press('Forgot your password?')
  await phone.holdsUp('the forgotten password')
  await phone.page.getByLabel('Username or e-mail').fill('ana@example.com')
  await phone.press('Send the link')
  await phone.page.getByRole('heading', { name: 'Look into your mail' }).waitFor()
  await eventually(() => followLetter(phone, /password/i))
  await phone.page.getByRole('heading', { name: 'Choose a new password' }).waitFor()
  await phone.holdsUp('the new password')
  await phone.page.getByLabel('New password', { exact: true }).fill(PASSWORD)
  await phone.press('Change password')
  await phone.isTold('Your password is changed.')
  await isSignedOut(ana)
  await logIn(phone, 'ana@example.com', PASSWORD)
  await isSignedIn(phone)
})

it('who has an authenticator app is asked for its code', { skip }, async () => {
  const secret = await turnOnCodes(await tokenOf(phone))
  await logIn(ana, 'ana.lopez', PASSWORD)
  await ana.page.getByLabel(/code/i).first().waitFor()
  await ana.holdsUp('the code of a log-in')
  // A code is good once, and the one of now has turned it on.
  const totp = new TOTP({ secret }).generate({ timestamp: Date.now() + 30_000 })
  await ana.page.getByLabel(/code/i).first().fill(totp)
  await ana.page.keyboard.press('Enter')
  await isSignedIn(ana)
})

it('an archive of one’s data is asked for and fetched', { skip }, async () => {
  await ana.go('#/account/data')
  await ana.press('Make an archive')
  const download = ana.page.getByRole('link', { name: 'Download' })
  await download.waitFor()
  const archive = await fetch(service.url + (await download.getAttribute('href')))
  assert.equal(archive.status, 200)
  await archive.body?.cancel()
})

it('axe finds nothing in any part of the account, light or dark', { skip }, async () => {
  for (const person of [ana, phone]) {
    for (const part of PARTS) {
      await person.go(`#/account/${part}`)
      await person.page.locator('.account-block').first().waitFor()
      await eventually(async () =>
        assert.equal(await person.page.locator('.account-part .skeleton').count(), 0),
      )
      await person.holdsUp(part)
    }
    await person.page.emulateMedia({ colorScheme: 'dark' })
  }
})

it('do not disturb, privacy and blocks are kept', { skip }, async () => {
  await ana.go('#/account/notifications')
  await ana.press('For an hour')
  await ana.isTold(/^Quiet until/)
  await ana.press('Turn off')
  await ana.go('#/account/privacy')
  await ana.page.getByLabel('Who may send you direct messages').selectOption('nobody')
  await ana.press('Save privacy')
  await ana.isTold('Your privacy settings are saved.')
  await ana.page.reload()
  const chosen = ana.page.getByLabel('Who may send you direct messages')
  await chosen.waitFor()
  assert.equal(await chosen.inputValue(), 'nobody')
})

it('logging out is two presses away, wherever one is', { skip }, async () => {
  for (const view of [
    '#/',
    '#/discover',
    '#/people',
    '#/threads',
    '#/mentions',
    '#/account/security',
  ]) {
    await ana.go(view)
    await ana.press('Account')
    await ana.page.getByRole('menuitem', { name: 'Log out' }).waitFor()
    await ana.page.keyboard.press('Escape')
  }
})

it('an account is deleted, and its devices are signed out', { skip }, async () => {
  await ana.go('#/account/data')
  await ana.press('Delete account …')
  const dialog = ana.page.getByRole('dialog', { name: 'Delete your account?' })
  await ana.holdsUp('the dialog that asks before an account is deleted')
  await dialog.getByLabel('Type your username, ana.lopez').fill('ana.lopez')
  await dialog.getByRole('button', { name: 'Delete account' }).click()
  await isSignedOut(ana)
  await isSignedOut(phone)
  await ana.leave()
  await phone.leave()
})

const tokenOf = async (person: Person): Promise<string> =>
  /"accessToken":"([^"]+)"/.exec(
    String(await person.page.evaluate('Object.values(localStorage).join()')),
  )?.[1] ?? ''

/** Turns it on as another client would. Answers the secret. */
async function turnOnCodes(token: string): Promise<string> {
  const post = async (path: string, body?: object) => {
    const answer = await fetch(service.url + path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    assert.ok(answer.ok, `${path}: ${answer.status}`)
    return answer.json() as Promise<{ secret: string }>
  }
  const { secret } = await post('/v1/me/totp')
  await post('/v1/me/totp/confirmation', { totp: new TOTP({ secret }).generate() })
  return secret
}
