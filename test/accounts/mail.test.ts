import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { app } from '../../src/app'
import { list } from '../../src/mail/kept-mail'
import { write } from '../../src/mail/letter'
import { isConfigured, pageLink, send } from '../../src/mail/send'
import { eventually } from '../fixtures/eventually'

afterEach(() => {
  vi.restoreAllMocks()
})

const letter = write({
  subject: 'Hello',
  paragraphs: ['From <script>alert(1)</script> & "friends".'],
  link: { label: 'Read it', url: 'https://chat.test/#read=1' },
  closing: ['Bye.'],
})
const subjectsTo = (to: string) =>
  list()
    .filter((message) => message.to === to)
    .map(({ subject }) => subject)

describe('a letter', () => {
  it('says the same as text and as HTML, in which nothing that people wrote is markup', () => {
    expect(letter.text).toBe(
      'From <script>alert(1)</script> & "friends".\n\nRead it:\nhttps://chat.test/#read=1\n\nBye.\n',
    )
    expect(letter.html).toContain(
      '<p>From &lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;friends&quot;.</p>',
    )
    expect(letter.html).toContain('<a href="https://chat.test/#read=1">Read it</a>')
  })

  it('loads nothing, so nobody learns that it was opened', () => {
    expect(letter.html).not.toMatch(/<(img|link|script|iframe)|src=|url\(/i)
  })
})

describe('sending', () => {
  it.each([
    ['a sender', { MAIL_FROM: '' }],
    ['an origin', { PUBLIC_URL: '' }],
    ['an origin that is one', { PUBLIC_URL: 'chat.example.com' }],
    ['an origin of the web', { PUBLIC_URL: 'javascript:alert(1)' }],
    ['the binding', { EMAIL: undefined as unknown as SendEmail }],
  ])('takes %s, or nothing is sent', async (_, lacking) => {
    const without = { ...env, ...lacking }
    expect(isConfigured(without)).toBe(false)
    send(without, { to: `${_}@example.com`, ...letter })
    await scheduler.wait(50)
    expect(subjectsTo(`${_}@example.com`)).toEqual([])
  })

  it('goes through the binding, from the configured address to one other', async () => {
    const sent = vi.fn(async (_: unknown) => ({ messageId: '1' }))
    const EMAIL = { send: sent } as unknown as SendEmail
    send({ ...env, EMAIL, LOCAL_MAIL: '' }, { to: 'ana@example.com', ...letter })
    await eventually(() => expect(sent).toHaveBeenCalledTimes(1))
    expect(sent.mock.calls[0]?.[0]).toEqual({
      from: { name: 'chatroom', email: 'chatroom@chat.test' },
      to: 'ana@example.com',
      subject: 'Hello',
      text: letter.text,
      html: letter.html,
    })
  })

  it('tries again what is passing, and logs what is not, without the address', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation(() => {})
    const busy = Object.assign(new Error('slow down'), { code: 'E_RATE_LIMIT_EXCEEDED' })
    const refused = Object.assign(new Error('bo@example.com is suppressed'), {
      code: 'E_RECIPIENT_SUPPRESSED',
    })
    const sent = vi.fn().mockRejectedValueOnce(busy).mockRejectedValueOnce(refused)
    const EMAIL = { send: sent } as unknown as SendEmail
    send({ ...env, EMAIL, LOCAL_MAIL: '' }, { to: 'bo@example.com', ...letter })
    await eventually(() => expect(error).toHaveBeenCalled())
    expect(sent).toHaveBeenCalledTimes(2)
    expect(error.mock.calls).toEqual([
      [{ level: 'error', work: 'mail', code: 'E_RECIPIENT_SUPPRESSED', subject: 'Hello' }],
    ])
  })

  it('leads to the configured origin and to no other path', () => {
    const PUBLIC_URL = 'https://chat.example.com/some/path?query'
    expect(pageLink({ ...env, PUBLIC_URL }, 'reset=1')).toBe('https://chat.example.com/#reset=1')
  })
})

describe('the page of local mail', () => {
  const ask = (url: string, bindings: Partial<Env> = {}, accept = '*/*') =>
    app.request(url, { headers: { Accept: accept } }, { ...env, ...bindings })

  it('is shown on this machine, by a local run', async () => {
    send(env, { to: 'cy@example.com', ...letter })
    await eventually(() => expect(subjectsTo('cy@example.com')).toEqual(['Hello']))
    const page = await ask('http://localhost:8787/_local/mail')
    expect(page.status).toBe(200)
    const text = await page.text()
    expect(text).toContain('To cy@example.com')
    expect(text).toContain('&lt;script&gt;')
    expect(text).toContain('<a href="https://chat.test/#read=1">')
    const json = await ask('http://127.0.0.1/_local/mail', {}, 'application/json')
    const { items } = await json.json<{ items: { to: string }[] }>()
    expect(items.map(({ to }) => to)).toContain('cy@example.com')
  })

  it.each([
    ['on a host of the web', 'https://chat.example.com', { LOCAL_MAIL: 'on' }],
    ['on a host that begins like one', 'https://localhost.example.com', { LOCAL_MAIL: 'on' }],
    ['where the variable is not set', 'http://localhost:8787', { LOCAL_MAIL: undefined as never }],
    ['where it is empty', 'http://localhost:8787', { LOCAL_MAIL: '' }],
    ['in production', 'https://chat.example.com', { LOCAL_MAIL: undefined as never }],
  ])('does not exist %s', async (_, origin, bindings) => {
    const page = await ask(`${origin}/_local/mail`, bindings)
    expect([page.status, page.headers.get('Content-Type')]).toEqual([
      404,
      'application/problem+json',
    ])
  })
})
