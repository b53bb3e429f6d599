import { runInDurableObject } from 'cloudflare:test'
import type { ChatRoom } from '../../src/room/chat-room'

/** Spies on the room's SQL, from within the one isolate: what was run and how many rows it wrote. */
export async function spy(stub: DurableObjectStub<ChatRoom>) {
  return runInDurableObject(stub, async (_room, { storage }) => {
    const ran: { query: string; written: number }[] = []
    const { exec } = storage.sql
    const prototype = Object.getPrototypeOf(storage.sql) as SqlStorage
    prototype.exec = function (this: SqlStorage, query: string, ...bindings: never[]) {
      const cursor = exec.call(this, query, ...bindings)
      ran.push({ query, written: cursor.rowsWritten })
      return cursor
    } as typeof exec
    const restore = () => {
      prototype.exec = exec
    }
    const written = () =>
      ran
        .splice(0)
        .filter(({ query }) => /^\s*(insert|update|delete)/i.test(query))
        .reduce((sum, one) => sum + one.written, 0)
    return { ran, written, restore }
  })
}
