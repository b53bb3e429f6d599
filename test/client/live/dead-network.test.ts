// A network that dies as real ones do: nothing closes, and nothing arrives any more.
import assert from 'node:assert/strict'
import { after, before, it } from 'node:test'
import type { Chat, Room } from '../../../src/client/chatroom-client'
import { type Service, start } from '../../proof/service.ts'
import { Network } from './network'
import { registered, textsOf, until } from './people'

let service: Service
let network: Network
let ana: Chat
let room: Room

before(async () => {
  service = await start()
  network = await Network.before(service.url)
  ana = await registered(network.url)
  room = ana.room((await ana.createRoom({ name: 'Harbour' })).id)
  ana.connect()
  room.open()
  await until('it is open', () => room.view.getSnapshot().state === 'complete')
})

after(async () => {
  ana.close()
  network.stop()
  await service.stop()
})

it('whoever writes on it notices within seconds, and what was written goes out once', async () => {
  room.send('before')
  await until('it is sent', () => room.unsent().length === 0)
  network.silence()
  room.send('into the silence')
  await until('it is noticed', () => room.view.getSnapshot().state === 'offline', 9_000)
  await until('it is sent', () => room.unsent().length === 0, 20_000)
  assert.deepEqual(textsOf(room), ['before', 'into the silence'])
  assert.equal(room.view.getSnapshot().state, 'complete')
})

it('a request without an answer has every socket looked at', async () => {
  await until('all is told', () => ana.rooms.getSnapshot().state === 'complete')
  network.isDead = true
  network.silence()
  const gaveUp = ana.request('GET', '/v1/me', undefined, { signal: AbortSignal.timeout(1_000) })
  await assert.rejects(gaveUp)
  network.isDead = false
  await until('it is noticed', () => ana.rooms.getSnapshot().state === 'offline', 6_000)
  await until('it is back', () => ana.rooms.getSnapshot().state === 'complete', 9_000)
})
