import { runInDurableObject } from 'cloudflare:test'
import { afterEach, beforeEach, expect, it } from 'vitest'
import * as head from '../../src/room/head'
import * as messages from '../../src/room/messages'
import { watchD1 } from '../helpers/d1'
import { openRoom, saying } from '../helpers/person'
import { connect } from '../helpers/socket'

let d1: ReturnType<typeof watchD1>
beforeEach(() => {
  d1 = watchD1()
})
afterEach(() => d1.restore())

it('posting and reading messages run no D1 statement', async () => {
  const { ana, bo, room, path } = await openRoom()
  const socket = await connect(ana.token, room.id)
  // The first post of a dirty period starts the coalesced flush of counts; within the next five seconds none does.
  await bo.post(`${path}/messages`, saying('first'))
  await bo.get(`/v1/me/rooms?seen=${room.id}:3`)
  d1.statements.length = 0
  for (let i = 0; i < 10; i += 1) await bo.post(`${path}/messages`, saying(`${i}`))
  socket.send({ do: 'message.post', ref: 1, nonce: 'x', text: 'over the socket' })
  await socket.answer(1)
  await ana.get(`${path}/messages`)
  await ana.get(`${path}/messages/4`)
  await ana.get(`${path}/events?after=0`)
  await ana.get(path)
  expect(d1.statements).toEqual([])
})

it('a plain message writes two rows: itself and its nonce', async () => {
  const { ana, bo, path, stub } = await openRoom()
  await bo.post(`${path}/messages`, saying('a dirty period has begun'))
  const written = await runInDurableObject(stub, async (_room, { storage }) => {
    const counted: number[] = []
    const { exec } = storage.sql
    const prototype = Object.getPrototypeOf(storage.sql) as SqlStorage
    prototype.exec = function (this: SqlStorage, query: string, ...bindings: never[]) {
      const cursor = exec.call(this, query, ...bindings)
      if (/^\s*(insert|update|delete)/i.test(query)) counted.push(cursor.rowsWritten)
      return cursor
    } as typeof exec
    const restore = () => {
      prototype.exec = exec
    }
    return { counted, restore }
  })
  await ana.post(`${path}/messages`, saying('plain'))
  written.restore()
  expect(written.counted).toEqual([2])
})

it('every query that runs per message uses a primary key or an index', async () => {
  const { stub } = await openRoom()
  const queries = await runInDurableObject(stub, (_room, { storage: { sql } }) => {
    const seen: string[] = []
    const spy = {
      exec: (query: string, ...bindings: never[]) => {
        seen.push(query)
        return sql.exec(query, ...bindings)
      },
    } as unknown as SqlStorage
    const author = { id: 'a', username: null, displayName: 'A', avatarUrl: null }
    const place = { ...head.load(sql), roomId: 'r' }
    messages.findByNonce(spy, 'a', 'n')
    messages.append(spy, place, { author, nonce: 'n', text: 't' }, 1)
    messages.page(spy, { limit: 50 })
    messages.page(spy, { limit: 50, after: 1 })
    messages.page(spy, { limit: 50, around: 1 })
    const plans = seen.flatMap((query) => {
      const holes = Array.from(query.matchAll(/\?/g), () => 1)
      return sql
        .exec<{ detail: string }>(`explain query plan ${query}`, ...holes)
        .toArray()
        .map(({ detail }) => detail)
    })
    sql.exec(`delete from messages where author_id = 'a'`)
    return plans
  })
  expect(queries.length).toBeGreaterThan(5)
  // The room's own table has one row.
  expect(
    queries.filter((plan) => /^SCAN (?!room$|json_each)/.test(plan) || /TEMP B-TREE/.test(plan)),
  ).toEqual([])
})
