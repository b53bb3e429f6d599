import { Connections } from '../clients/connections'
import { newNonce } from '../clients/member'
import type { Pool } from '../runtime/pool'
import * as storage from '../runtime/storage'
import type { Call } from '../targets/dialect'
import type { Room, Target } from '../targets/target'

const READERS = 8
const ROUND_MS = 2000

/** A room whose one real message was copied, in its file, while nobody had it open. */
export async function filled(
  pool: Pool,
  name: 'ours' | 'floor',
  messages: number,
  { members = 1, statements = [] as string[] } = {},
): Promise<Room & { directory: string }> {
  const before: Target = await pool[name]()
  const room = await before.room(members)
  const connections = new Connections(room.url, 1)
  const call = room.dialect.httpPost(room, newNonce(), 'How is the sea today?')
  const { body } = await connections.call(call)
  connections.close()
  const after = await pool.restart(before, (directory) =>
    storage.copyMessage(directory, JSON.parse(body).nonce, messages, statements),
  )
  return { ...room, url: after.url, directory: after.directory }
}

/** Pages of 50 at random places, by readers who do nothing else; per second. */
export const pages = (room: Room, messages: number): Promise<number> =>
  read(room, () => {
    // Both rooms begin with a handful of events at most; every page is full.
    const before = 60 + Math.floor(Math.random() * (messages - 60))
    return { call: room.dialect.history(room, before), items: 50 }
  })

/** What readers ask for, and how many items they expect. */
export interface Wanted {
  call: Call
  items: number
}

/** How many answers readers get in a second who do nothing else. */
export async function read(room: Room, next: () => Wanted): Promise<number> {
  const connections = new Connections(room.url, READERS)
  const startedAt = performance.now()
  let count = 0
  const one = async () => {
    while (performance.now() - startedAt < ROUND_MS) {
      const { call, items } = next()
      const { status, body } = await connections.call(call)
      if (status !== 200 || itemsOf(body).length !== items) throw new Error(`Not ${items}: ${body}`)
      count += 1
    }
  }
  await Promise.all(Array.from({ length: READERS }, one))
  connections.close()
  return count / ((performance.now() - startedAt) / 1000)
}

function itemsOf(body: string): unknown[] {
  const page = JSON.parse(body)
  return Array.isArray(page) ? page : page.items
}
