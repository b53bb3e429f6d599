// @vitest-environment happy-dom
import { act, createElement, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { beforeEach, expect, it, vi } from 'vitest'
import { Chat } from '../../src/client/chatroom-client'
import type { SocketClass } from '../../src/client/connection/connection'
import {
  ChatProvider,
  useMe,
  usePresence,
  useRoom,
  useRooms,
  useThread,
  useTyping,
  useUnread,
} from '../../src/client/react/chatroom-react'
import { message, snapshot } from './fixtures/messages'
import { FakeSocket } from './fixtures/socket'

vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)

const claims = btoa(JSON.stringify({ sub: 'ana', exp: 4_102_444_800 }))
let chat: Chat

beforeEach(() => {
  FakeSocket.all = []
  chat = new Chat('http://chat.test', {
    token: () => `head.${claims}.signature`,
    WebSocket: FakeSocket as unknown as SocketClass,
    fetch: async () => Response.json({ items: [], nextCursor: null, seq: 1 }),
  })
})

function Room({ id }: { id: string }) {
  const { messages, state } = useRoom(id)
  return createElement('p', {}, `${state}: ${messages.map(({ text }) => text).join(', ')}`)
}

const Keyed = () => createElement('p', {}, useRoom({ key: 'lobby' }).id)

function Everything() {
  const said = [
    useMe()?.id,
    useRooms().state,
    useUnread().badge,
    usePresence('bo'),
    useTyping('harbour').length,
    useThread('harbour', 1).replies.length,
  ]
  return createElement('p', {}, said.join(' '))
}

const shown = (child: React.ReactNode) => createElement(ChatProvider, { chat }, child)

it('a server renders what is known without a connection, and opens none', () => {
  expect(renderToString(shown(createElement(Room, { id: 'harbour' })))).toBe('<p>offline: </p>')
  expect(renderToString(shown(createElement(Everything)))).toBe('<p> offline 0 offline 0 0</p>')
  expect(FakeSocket.all).toEqual([])
})

it('a component under strict mode opens one socket, shows what comes, and lets go of it', async () => {
  const place = document.createElement('div')
  const root = createRoot(place)
  const room = createElement(Room, { id: 'harbour' })
  await act(async () => root.render(createElement(StrictMode, {}, shown(room))))
  await act(async () => {})
  const sockets = FakeSocket.all.filter(({ url }) => url.includes('/rooms/harbour/socket'))
  expect(sockets).toHaveLength(1)
  expect(place.textContent).toBe('offline: ')

  const ready = { seq: 1, room: snapshot(1, []).room, me: null, online: { count: 1, users: null } }
  await act(async () => {
    sockets[0]?.opens()
    const shared = snapshot(1, [message(1)])
    sockets[0]?.says({ ready: { ...ready, resumed: 'limited', snapshot: shared } })
  })
  expect(place.textContent).toBe('complete: text 1')
  await act(async () => void chat.room('harbour').send('mine'))
  expect(place.textContent).toBe('complete: text 1, mine')

  await act(async () => root.unmount())
  await vi.waitFor(() => expect(sockets[0]?.readyState).toBe(3), 5_000)
})

it('a snapshot is the same object until something changes', () => {
  const { view } = chat.room('harbour')
  const before = view.getSnapshot()
  expect(view.getSnapshot()).toBe(before)
  chat.room('harbour').send('mine')
  expect(view.getSnapshot()).not.toBe(before)
})

it('says what is missing where there is no provider', () => {
  expect(() => renderToString(createElement(Room, { id: 'harbour' }))).toThrow('<ChatProvider>')
})

it('the room of a key is the same in each render, and is asked for when it is shown', async () => {
  const asked: unknown[] = []
  chat = new Chat('http://chat.test', {
    token: () => `head.${claims}.signature`,
    WebSocket: FakeSocket as unknown as SocketClass,
    fetch: async (url, init) => {
      asked.push([url, init?.body])
      return Response.json({ id: 'harbour' })
    },
  })
  expect(renderToString(shown(createElement(Keyed)))).toBe('<p></p>')
  expect(asked).toEqual([])
  const place = document.createElement('div')
  const root = createRoot(place)
  await act(async () => root.render(createElement(StrictMode, {}, shown(createElement(Keyed)))))
  await act(async () => {})
  expect(asked).toEqual([['http://chat.test/v1/rooms', '{"key":"lobby"}']])
  const sockets = FakeSocket.all.filter(({ url }) => url.includes('/rooms/harbour/socket'))
  expect(sockets).toHaveLength(1)
  await act(async () => sockets[0]?.opens())
  await act(async () => root.unmount())
  await vi.waitFor(() => expect(sockets[0]?.readyState).toBe(3), 5_000)
})
