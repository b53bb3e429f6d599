import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import type { Service } from '../proof/service.ts'
import { launch } from './chromium.ts'
import { eventually, type Person } from './person.ts'
import { twoPeople } from './two-people.ts'

const browser = await launch()
const skip = browser ? false : 'there is no Chromium'
/** More than a page reads upwards, posted in steps of as many as a batch takes. */
const LINES = 1_100
const BATCH = 20

let service: Service
let ana: Person
let bo: Person
let roomId: string

before(async () => {
  if (!browser) return
  ;({ service, ana, bo, roomId } = await twoPeople(browser, {
    POSTS_PER_SECOND: '10000',
    POSTS_AT_ONCE: '10000',
  }))
  await ana.write('Who takes the ropes?')
})

after(async () => {
  await browser?.close()
  await service?.stop()
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

const tokenOf = async (person: Person): Promise<string> =>
  JSON.parse(await person.page.evaluate<string>(`localStorage.getItem('chat:${service.url}')`))
    .accessToken

async function request<T>(token: string, method: string, path: string, body: object) {
  const answer = await fetch(`${service.url}/v1/rooms/${roomId}/${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  })
  assert.ok(answer.ok, `${method} ${path}: ${answer.status}`)
  return (await answer.json()) as T
}

interface Batch {
  results: { seq: number }[]
}

/** What was posted, in order. */
const lines: { seq: number; text: string }[] = []

async function post(person: Person): Promise<void> {
  const token = await tokenOf(person)
  for (let begun = 0; begun < LINES; begun += BATCH) {
    const texts = Array.from({ length: BATCH }, (_, i) => `Line ${begun + i}`)
    const steps = texts.map((text) => ({ do: 'message.post', text, nonce: crypto.randomUUID() }))
    const { results } = await request<Batch>(token, 'POST', 'batch', { steps })
    for (const [i, text] of texts.entries()) lines.push({ text, seq: results[i]?.seq ?? 0 })
  }
}
