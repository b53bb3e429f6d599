import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import { type Service, start } from '../proof/service.ts'
import { launch } from './chromium.ts'
import { eventually, Person } from './person.ts'

const browser = await launch()
const skip = browser ? false : 'there is no Chromium'
/** More than a page reads upwards. */
const LINES = 1_600

let service: Service
let ana: Person
let bo: Person
let roomId: string

before(async () => {
  if (!browser) return
  service = await start({
    POSTS_PER_SECOND: '10000',
    POSTS_AT_ONCE: '10000',
    REQUESTS_PER_SECOND: '10000',
    REQUESTS_AT_ONCE: '10000',
  })
  ana = await Person.at(browser, service.url, 'Ana López')
  bo = await Person.at(browser, service.url, 'Bo Jensen')
  await ana.signUp('ana.lopez')
  roomId = await ana.makeRoom('Harbour crew')
  await bo.signUp('bo.jensen')
  await bo.join('Harbour crew')
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

it('one comes back to more than a thousand new messages, and is led to the first of them', {
  skip,
}, async () => {
  await ana.go('#/people')
  await post(bo)
  await ana.page.reload()
  await ana.go(`#/rooms/${roomId}`)
  await isInSight(ana, lines.at(-1)?.text)
  await ana.page.getByRole('link', { name: 'First new message' }).click()
  await ana.page.locator('.unread-line').waitFor()
  await isInSight(ana, lines[0]?.text)
  // Nothing is missing between, and the end is one press away.
  await eventually(async () => assert.deepEqual(await gaps(ana), []))
  await ana.holdsUp('messages that are far back')
  await ana.page.getByRole('button', { name: /jump to the latest/ }).click()
  await isInSight(ana, lines.at(-1)?.text)
})

it('a link leads to a message that is more than a thousand back, which is still live', {
  skip,
}, async () => {
  const { seq, text } = lines[299] ?? { seq: 0, text: '' }
  await ana.go(`#/rooms/${roomId}/messages/${seq}`)
  await isInSight(ana, text)
  await request(await tokenOf(bo), 'PATCH', `messages/${seq}`, { text: `${text}, mended` })
  await ana.message(`${text}, mended`).waitFor()
  await ana.page.getByRole('button', { name: /jump to the latest/ }).click()
  await ana.write('Here again.')
  await isInSight(ana, 'Here again.')
})

it('the browsers complain of nothing', { skip }, async () => {
  await ana.leave()
  await bo.leave()
})

const exactly = (person: Person, text: string) =>
  person.page.locator('.conversation .message', {
    has: person.page.locator('.message-text').getByText(text, { exact: true }),
  })

async function isInSight(person: Person, text = ''): Promise<void> {
  const message = exactly(person, text)
  await message.waitFor()
  await eventually(async () => {
    const box = await message.boundingBox()
    assert.ok(box && box.y > 0 && box.y < 800, `${text}: ${JSON.stringify(box)}`)
  })
}

/** Messages of that flood that follow another than the one before. */
const gaps = (person: Person) =>
  person.page.locator('.conversation .message').evaluateAll((all, first) => {
    const seqs = all
      .map((one) => Number(one.getAttribute('data-seq')))
      .filter((seq) => seq >= first)
    return seqs.filter((seq, i) => i > 0 && seq !== Number(seqs[i - 1]) + 1)
  }, lines[0]?.seq ?? 0)

const seqOf = (person: Person, text: string) =>
  person.message(text).first().getAttribute('data-seq')

const tokenOf = async (person: Person): Promise<string> =>
  JSON.parse(await person.page.evaluate<string>(`localStorage.getItem('chat:${service.url}')`))
    .accessToken

async function request(token: string, method: string, path: string, body: object) {
  const answer = await fetch(`${service.url}/v1/rooms/${roomId}/${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`)
  return (await answer.json()) as { seq: number }
}

/** What was posted at once, in the order in which the room took it. */
const lines: { seq: number; text: string }[] = []

async function post(person: Person): Promise<void> {
  const token = await tokenOf(person)
  const one = async (line: number) => {
    const text = `Line ${line}`
    const { seq } = await request(token, 'POST', 'messages', { text, nonce: crypto.randomUUID() })
    lines.push({ seq, text })
  }
  for (let begun = 0; begun < LINES; begun += 100) {
    await Promise.all(Array.from({ length: 100 }, (_, i) => one(begun + i)))
  }
  lines.sort((a, b) => a.seq - b.seq)
}
