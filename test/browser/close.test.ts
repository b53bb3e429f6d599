import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import type { Page } from 'playwright-core'
import { WebSocket as WsSocket } from 'ws'
import { type Service, start } from '../proof/service.ts'
import { postJson, registerUser } from '../proof/users.ts'
import { launch } from './chromium.ts'

// How soon a client learns that the service has closed its socket: docs/decisions/0022-late-onclose.md.
const TRIES = 3
const MAX_MS = 200
/** Without a ping it takes as long as the runtime pleases; nobody waits for it here. */
const PATIENCE_MS = 20_000

type User = Awaited<ReturnType<typeof registerUser>>

interface Heard {
  code: number
  /** When `onclose` was called, in milliseconds since the epoch. */
  at: number
}

/** A client that opens a socket, pings if asked to, and tells of its end; `opened` once `ready` has come. */
type Client = (
  url: string,
  protocols: string[],
  pings: boolean,
) => Promise<{ closed: Promise<Heard> }>

const browser = await launch()
let service: Service
let page: Page
let ana: User

before(async () => {
  service = await start()
  ana = await registerUser(service.url)
  if (!browser) return
  page = await browser.newPage()
  await page.goto(`${service.url}/health`)
})

after(async () => {
  await browser?.close()
  await service.stop()
})

/** What `ws`, Node's own WebSocket and a browser's have in common. */
interface Socket {
  addEventListener(type: string, listen: (event: { code?: number }) => void): void
  send(text: string): void
}

const clientOf =
  (open: (url: string, protocols: string[]) => unknown): Client =>
  (url, protocols, pings) =>
    new Promise((resolve) => {
      const socket = open(url, protocols) as Socket
      const closed = new Promise<Heard>((heard) => {
        socket.addEventListener('close', ({ code = 0 }) => heard({ code, at: Date.now() }))
      })
      let isOpen = false
      socket.addEventListener('message', () => {
        if (pings && !isOpen) socket.send('ping')
        isOpen = true
        resolve({ closed })
      })
    })

const chromium: Client = async (url, protocols, pings) => {
  await page.evaluate(
    ({ url, protocols, pings }) =>
      new Promise<void>((resolve) => {
        const socket = new WebSocket(url, protocols)
        const heard = new Promise((told) => {
          socket.addEventListener('close', ({ code }) => told({ code, at: Date.now() }))
        })
        Object.assign(globalThis, { heard })
        let isOpen = false
        socket.addEventListener('message', () => {
          if (pings && !isOpen) socket.send('ping')
          isOpen = true
          resolve()
        })
      }),
    { url, protocols, pings },
  )
  const closed = page.evaluate(() => (globalThis as unknown as { heard: Promise<Heard> }).heard)
  return { closed }
}

/** Milliseconds from the moment a ban was answered to `onclose`; undefined when it did not come in time. */
async function lateness(client: Client, pings: boolean): Promise<number | undefined> {
  const bo = await registerUser(service.url)
  const made = await ana.fetch('/v1/rooms', postJson({ name: 'Harbour' }))
  const { id } = (await made.json()) as { id: string }
  await bo.fetch(`/v1/rooms/${id}/members/@me`, { method: 'PUT' })
  const url = `${service.url.replace('http', 'ws')}/v1/rooms/${id}/socket`
  const { closed } = await client(url, ['chat.v1', `bearer.${bo.token}`], pings)
  const ban = { ...postJson({}), method: 'PUT' }
  assert.equal((await ana.fetch(`/v1/rooms/${id}/bans/${bo.id}`, ban)).status, 204)
  const bannedAt = Date.now()
  const patience = new Promise<undefined>((resolve) =>
    setTimeout(resolve, PATIENCE_MS, undefined).unref(),
  )
  const heard = await Promise.race([closed, patience])
  if (!heard) return undefined
  assert.equal(heard.code, 4403)
  return heard.at - bannedAt
}

const clients: [string, Client][] = [
  ['ws', clientOf((url, protocols) => new WsSocket(url, protocols))],
  ["Node's WebSocket", clientOf((url, protocols) => new WebSocket(url, protocols))],
  ['Chromium', chromium],
]

for (const [name, client] of clients) {
  const skip = name === 'Chromium' && !browser ? 'there is no Chromium' : false

  it(`${name} hears at once that it was banned, once it has sent a ping`, { skip }, async () => {
    const times: (number | undefined)[] = []
    for (let tries = 0; tries < TRIES; tries += 1) times.push(await lateness(client, true))
    console.log(`${name}: onclose ${times.join(', ')} ms after the ban, with a ping`)
    assert.ok(Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY)) < MAX_MS)
    const late = await lateness(client, false)
    console.log(`${name}: onclose ${late ?? `not within ${PATIENCE_MS}`} ms after it, without`)
  })
}
