// npm run demo: two people and a lively room at the service that `npm start` runs, for whoever wants to look at the page.
// `-- --remove` takes all of it away again; `-- --url http://localhost:9000` says where the service is.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { Chat } from '../src/client/chat'
import type { Media } from '../src/client/protocol'
import { LINES, type Line, PEOPLE, PLACE } from './demo/conversation'
import { photograph } from './demo/photograph'

const FILE = '.wrangler/demo.json'
/** It is a demonstration, so everyone may know it. */
const PASSWORD = 'low tide at the harbour'
/** How long the two go on talking while somebody looks. */
const MINUTES = 3
const EVERY_MS = 6_000
/** Of the lines that have a name. */
const seqs = new Map<string, number>()

interface Demo {
  url: string
  roomIds: string[]
  people: { username: string; displayName: string }[]
}

const { values } = parseArgs({
  options: {
    remove: { type: 'boolean', default: false },
    url: { type: 'string', default: `http://localhost:${process.env.PORT || 8787}` },
    quiet: { type: 'boolean', default: false },
  },
})
const url = values.url.replace(/\/$/, '')

const isUp = await fetch(`${url}/health`).then(
  () => true,
  () => false,
)
if (!isUp) {
  console.error(
    `Nothing answers at ${url}. Run npm start in another terminal, or say where it is: npm run demo -- --url http://localhost:9000`,
  )
  process.exit(1)
}
await remove()
if (values.remove) console.log('The demonstration is gone.')
else await perform()
process.exit(0)

async function perform(): Promise<void> {
  const suffix = Math.random().toString(36).slice(2, 6)
  const chats = await Promise.all(
    PEOPLE.map(({ username, displayName }) => enter(`${username}_${suffix}`, displayName)),
  )
  const [ana, bo] = chats as [Chat, Chat]
  const room = await ana.createRoom({ name: PLACE.name, topic: PLACE.topic })
  const other = await ana.createRoom({ name: 'Repairs', topic: 'Who has the good drill' })
  const people = chats.map((chat, i) => ({
    username: chat.me.getSnapshot()?.username ?? '',
    displayName: PEOPLE[i]?.displayName ?? '',
  }))
  keep({ url, roomIds: [room.id, other.id], people })
  for (const id of [room.id, other.id]) await bo.request('PUT', `/v1/rooms/${id}/members/@me`, {})
  for (const line of LINES) await say(chats, room.id, line)
  await post(bo, other.id, { text: `<@${ana.userId}> the drill is back in the shed.` })
  console.log(invitation(people))
  if (!values.quiet) await goOn(chats, room.id)
  for (const chat of chats) chat.close()
}

async function enter(username: string, displayName: string): Promise<Chat> {
  const chat = new Chat(url, { guest: false, storage: null })
  await chat.register({ username, displayName, password: PASSWORD })
  return chat
}

async function say(chats: readonly Chat[], roomId: string, line: Line): Promise<void> {
  const author = chats[line.by] as Chat
  const other = chats[1 - line.by] as Chat
  const attachments = line.photo ? [await upload(author, roomId)] : undefined
  const replyTo = line.to ? seqs.get(line.to) : undefined
  const text = line.text.replace('@other', `<@${other.userId}>`)
  const { seq } = await post(author, roomId, {
    text,
    ...(attachments ? { attachments } : {}),
    ...(replyTo ? { replyTo } : {}),
  })
  if (line.name) seqs.set(line.name, seq)
  for (const emoji of line.reactions ?? []) await other.room(roomId).react(seq, emoji)
  if (line.pinned) await (chats[0] as Chat).request('PUT', `/v1/rooms/${roomId}/pins/${seq}`)
}

function post(chat: Chat, roomId: string, message: object): Promise<{ seq: number }> {
  return chat.request('POST', `/v1/rooms/${roomId}/messages`, {
    nonce: crypto.randomUUID(),
    ...message,
  })
}

async function upload(chat: Chat, roomId: string): Promise<string> {
  const headers = {
    'Content-Type': 'image/png',
    'Content-Disposition': 'attachment; filename="harbour.png"',
  }
  const { id } = await chat.request<Media>('POST', `/v1/rooms/${roomId}/media`, photograph(), {
    headers,
  })
  return id
}

/** So that whoever looks sees typing, messages and badges as they come. */
async function goOn(chats: readonly Chat[], roomId: string): Promise<void> {
  const rooms = chats.map((chat) => chat.room(roomId))
  for (const room of rooms) room.open()
  for (let i = 0; i < (MINUTES * 60_000) / EVERY_MS; i += 1) {
    await pause(EVERY_MS / 2)
    rooms[i % 2]?.sendTyping()
    await pause(EVERY_MS / 2)
    rooms[i % 2]?.send(PLACE.chatter[i % PLACE.chatter.length] ?? '')
  }
  await pause(1_000)
  console.log('They have gone for coffee. All that was said stays until: npm run demo -- --remove')
}

function invitation(people: Demo['people']): string {
  return `
The room "${PLACE.name}" is at ${url}

  Open it as a guest: Discover, then ${PLACE.name}.
  Or be one of the two, in two windows, and watch them talk:

${people.map(({ username, displayName }) => `    ${displayName.padEnd(12)} ${username.padEnd(16)} ${PASSWORD}`).join('\n')}

They talk for ${MINUTES} minutes; Ctrl-C stops them. npm run demo -- --remove takes it all away.
`
}

function keep(demo: Demo): void {
  mkdirSync(dirname(FILE), { recursive: true })
  writeFileSync(FILE, JSON.stringify(demo))
}

/** Deletes the rooms and the people of the last time, if there was one. */
async function remove(): Promise<void> {
  if (!existsSync(FILE)) return
  const demo: Demo = JSON.parse(readFileSync(FILE, 'utf8'))
  rmSync(FILE)
  if (demo.url !== url) return
  for (const { username } of demo.people) {
    const chat = new Chat(url, { guest: false, storage: null })
    try {
      await chat.logIn({ username, password: PASSWORD })
      // The first of them owns the rooms.
      for (const id of demo.roomIds) await chat.request('DELETE', `/v1/rooms/${id}`).catch(() => {})
      await chat.request('DELETE', '/v1/me')
    } catch {
      // Somebody was here before, or the storage is another.
    }
    chat.close()
  }
}
