import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { type Service, start } from '../proof/service.ts'
import { freePort } from '../start/program.ts'
import { addAuthenticator } from './authenticator.ts'
import { launch } from './chromium.ts'
import { eventually, PASSWORD, Person } from './person.ts'
import { issuerAt, serveProvider } from './provider.ts'

// Who comes by an identity provider, on the page of the service, and how they come back when it is gone.
const browser = await launch()
const skip = browser ? false : 'there is no Chromium'

let service: Service
let url: string
let provider: Awaited<ReturnType<typeof serveProvider>>
let ana: Person
let bo: Person

before(async () => {
  if (!browser) return
  const port = await freePort()
  service = await start({
    IDENTITY_ISSUERS: JSON.stringify([issuerAt(port)]),
    MAIL_FROM: 'chatroom@localhost',
    PUBLIC_URL: 'http://localhost',
    LOCAL_MAIL: 'on',
  })
  // A passkey is for a domain, which an address in numbers is not.
  url = service.url.replace('127.0.0.1', 'localhost')
  provider = await serveProvider(port, url)
  ana = await Person.at(browser, url, 'Ana')
  bo = await Person.at(browser, url, 'Bo')
})

after(async () => {
  await browser?.close()
  provider?.stop()
  await service?.stop()
})

const isSignedIn = (person: Person) => person.page.locator('.account-link').waitFor()
const forgetProofs = () => service.execute('update sessions set proven_at = 0')

/** Says at the provider who they are. Where it knows them and what they allow, that is all. */
async function logInThere({ page, name }: Person): Promise<void> {
  await page.fill('input[name=login]', name)
  await page.fill('input[name=password]', 'any')
  await page.click('button[type=submit]')
}

async function come(person: Person): Promise<void> {
  await person.press('Continue with Example')
  await logInThere(person)
  await person.page.waitForSelector('text=Authorize')
  await person.page.click('button[type=submit]')
  await person.isTold(`Welcome, ${person.name} of the provider.`)
  await isSignedIn(person)
}

async function leave(person: Person): Promise<void> {
  await person.press('Account')
  await person.page.getByRole('menuitem', { name: 'Log out' }).click()
  await person.page.getByRole('tab', { name: 'Log in' }).waitFor()
}

/** Goes to the provider, which is gone, and back by the button of the browser. */
async function tryInVain({ page }: Person): Promise<void> {
  await page.getByRole('button', { name: 'Continue with Example', exact: true }).click()
  await eventually(async () => assert.match(page.url(), /^chrome-error:/))
  await page.goBack()
}

/** Follows the link of the latest letter with this subject, as the local mail page shows it. */
async function followLetter(person: Person, subject: RegExp): Promise<void> {
  const mail = await person.context.newPage()
  await mail.goto(`${url}/_local/mail`)
  const letter = mail.locator('article', { hasText: subject }).first()
  const link = await letter.getByRole('link').first().getAttribute('href', { timeout: 2_000 })
  await mail.close()
  await person.page.goto(`${url}/${new URL(link ?? '').hash}`)
}

/** Of the session of this browser. */
async function facts({ page }: Person): Promise<{ userId: string; methods: string[] }> {
  const kept = String(await page.evaluate('Object.values(localStorage).join()'))
  const of = (name: string) => new RegExp(`"${name}":"([^"]+)"`).exec(kept)?.[1] ?? ''
  const headers = { Authorization: `Bearer ${of('accessToken')}` }
  const { items } = (await (await fetch(`${url}/v1/sessions`, { headers })).json()) as {
    items: { id: string; methods: string[] }[]
  }
  const [mine] = items.filter(({ id }) => kept.includes(id))
  return { userId: of('userId'), methods: mine?.methods ?? [] }
}

let anaId = ''
let boId = ''

it('who changes their mind at the provider is back beside the other ways in', {
  skip,
}, async () => {
  await ana.press('Continue with Example')
  await ana.page.click('text=Cancel')
  await ana.page.getByText('You did not log in there.').waitFor()
  await ana.page.getByLabel('Username or e-mail').waitFor()
  await ana.holdsUp('the page after a log-in elsewhere that came to nothing')
})

it('somebody comes by the provider, and is told that it is their only way in', {
  skip,
}, async () => {
  await come(ana)
  const { userId, methods } = await facts(ana)
  anaId = userId
  assert.deepEqual(methods, ['identity'])
  await ana.go('#/account/security')
  await ana.page.getByText('Your identity provider is your only way in.').waitFor()
  await ana.holdsUp('the only way in')
})

it('the provider proves who is there, and leads back to what was to be done', {
  skip,
}, async () => {
  await forgetProofs()
  const save = async () => {
    await ana.page.getByRole('textbox', { name: 'E-mail address' }).fill('ana@example.com')
    await ana.press('Save address')
  }
  await save()
  const dialog = ana.page.getByRole('dialog', { name: 'Is it you?' })
  await dialog.getByRole('button', { name: 'Continue with Example' }).click()
  // It knows her, and asks all the same.
  await logInThere(ana)
  await ana.isTold('Thank you. Now do it once more.')
  assert.ok(ana.page.url().endsWith('#/account/security'))
  await save()
  await ana.isTold('A link is on its way to ana@example.com.')
  await eventually(() => followLetter(ana, /verify/i))
  await ana.isTold('Your e-mail address is verified.')
  assert.equal((await facts(ana)).userId, anaId)
})

it('who comes by the provider adds a passkey, and chooses a first password', { skip }, async () => {
  await addAuthenticator(bo)
  await come(bo)
  boId = (await facts(bo)).userId
  await bo.go('#/account/security')
  await bo.page.getByLabel('Name of a new passkey').fill('Laptop')
  await bo.press('Add a passkey')
  await bo.page.getByRole('button', { name: 'Remove Laptop' }).waitFor()
  assert.equal(await bo.page.getByText('your only way in').count(), 0)
  await bo.page.getByLabel('New password').fill(PASSWORD)
  await bo.press('Set password')
  await bo.isTold('Your password is changed.')
  await bo.page.getByRole('button', { name: 'Change password' }).waitFor()
})

it('the provider is gone: who has a passkey or a password comes back by either', {
  skip,
}, async () => {
  const username = await bo.page.locator('[name=username]').last().inputValue()
  await leave(bo)
  provider.stop()
  await tryInVain(bo)
  await bo.page.getByText('You are back without an answer').waitFor()
  await bo.holdsUp('the page after a provider that is gone')
  await bo.press('Use a passkey')
  await isSignedIn(bo)
  assert.deepEqual(await facts(bo), { userId: boId, methods: ['passkey'] })
  await leave(bo)
  await bo.page.getByRole('tab', { name: 'Log in' }).click()
  await bo.page.getByLabel('Username or e-mail').fill(username)
  await bo.page.getByLabel('Password').fill(PASSWORD)
  await bo.press('Log in')
  await isSignedIn(bo)
  assert.deepEqual(await facts(bo), { userId: boId, methods: ['password'] })
})

it('who has a verified address alone is shown the link, which gives them a first password', {
  skip,
}, async () => {
  await forgetProofs()
  await ana.go('#/account/data')
  await ana.press('Make an archive')
  await ana.page.getByText('Does it not answer any more?').waitFor()
  const dialog = ana.page.getByRole('dialog', { name: 'Is it you?' })
  await dialog.getByRole('button', { name: 'Continue with Example' }).waitFor()
  await tryInVain(ana)
  await ana.isTold('You are back without an answer')
  await leave(ana)
  await tryInVain(ana)
  await ana.press('Forgot your password?')
  await ana.page.getByLabel('Username or e-mail').fill('ana@example.com')
  await ana.press('Send the link')
  await eventually(() => followLetter(ana, /new password/i))
  await ana.page.getByLabel('New password', { exact: true }).fill(PASSWORD)
  await ana.press('Change password')
  await ana.isTold('Your password is changed.')
  await ana.page.getByLabel('Username or e-mail').fill('ana@example.com')
  await ana.page.getByLabel('Password').fill(PASSWORD)
  await ana.press('Log in')
  await isSignedIn(ana)
  assert.deepEqual(await facts(ana), { userId: anaId, methods: ['password'] })
})

it('who comes back within 14 days is told that the account is no longer to be deleted', {
  skip,
}, async () => {
  await bo.go('#/account/data')
  await bo.press('Delete account …')
  const dialog = bo.page.getByRole('dialog', { name: 'Delete your account?' })
  const field = dialog.getByLabel(/^Type your username/)
  await field.fill((await field.getAttribute('title')) ?? '')
  await dialog.getByRole('button', { name: 'Delete account' }).click()
  const again = bo.page.getByRole('dialog', { name: 'Is it you?' })
  await again.getByLabel('Password').fill(PASSWORD)
  await again.getByRole('button', { name: 'Continue', exact: true }).click()
  await bo.page.getByRole('tab', { name: 'Log in' }).click()
  await bo.press('Use a passkey')
  await bo.isTold('your account is no longer to be deleted')
  await isSignedIn(bo)
  assert.equal((await facts(bo)).userId, boId)
  for (const person of [ana, bo]) await person.leave()
})
