import { expect, it } from 'vitest'
import { ToldRooms } from '../../src/inbox/told-rooms'
import type { Room } from '../../src/schemas/rooms'

const DAY = 86_400_000
const room = (name: string) => ({ id: 'a', name }) as Room
const news = (version: number, told: Room | null) => ({ roomId: 'a', version, room: told })

it('of two words of a room the later counts, in whatever order they come', () => {
  const told = new ToldRooms({})
  expect(told.accept(news(7, room('new')), 0)).toBe(true)
  expect(told.accept(news(6, room('old')), 0)).toBe(false)
  expect(told.accept(news(7, room('again')), 0)).toBe(false)
  expect(told.newerThan({ roomId: 'a', version: 6 })?.name).toBe('new')
  expect(told.newerThan({ roomId: 'a', version: 7 })).toBe(undefined)
})

it('late word of a room that is gone does not bring it back; word of a later time does', () => {
  const told = new ToldRooms({})
  told.accept(news(7, room('here')), 0)
  told.accept(news(8, null), 0)
  expect(told.accept(news(6, room('late')), 0)).toBe(false)
  expect(told.isTheirs('a')).toBe(false)
  expect(told.newerThan({ roomId: 'a', version: 7 })).toBe(null)
  told.accept(news(9, room('back')), 0)
  expect(told.isTheirs('a')).toBe(true)
})

it('what the directory shows later than what was told takes its place', () => {
  const told = new ToldRooms({ a: 3 })
  expect(told.versionOf('a')).toBe(3)
  told.accept(news(5, room('told')), 0)
  told.note([{ roomId: 'a', version: 4 }], true)
  expect(told.newerThan({ roomId: 'a', version: 4 })?.name).toBe('told')
  told.note([{ roomId: 'a', version: 6 }], true)
  expect(told.newerThan({ roomId: 'a', version: 4 })).toBe(undefined)
  expect(told.versions).toEqual({ a: 6 })
})

it('rooms that are gone are forgotten after a day, when there are many', () => {
  const told = new ToldRooms({})
  for (let i = 0; i < 2000; i += 1) told.accept({ ...news(1, null), roomId: `r${i}` }, 0)
  told.accept({ ...news(1, null), roomId: 'young' }, DAY)
  expect(told.versionOf('r0')).toBe(1)
  told.accept({ ...news(1, null), roomId: 'one more' }, DAY + 1)
  expect(told.versionOf('r0')).toBe(-1)
  expect(told.versionOf('young')).toBe(1)
})

it('a version stands for what every socket was told, so that a comparison finds what one of them lacks', () => {
  const told = new ToldRooms({ a: 5 })
  // The directory is behind what was told before, which is no longer in memory.
  told.note([{ roomId: 'a', version: 4 }], true)
  expect(told.versionOf('a')).toBe(4)
  // It is ahead of what the socket before was told.
  told.note([{ roomId: 'a', version: 6 }], false)
  expect(told.versionOf('a')).toBe(4)
  told.note([{ roomId: 'b', version: 6 }], false)
  expect(told.versionOf('b')).toBe(-1)
})

it('what a socket missed is news once more at the same version, also after the object slept', () => {
  const told = new ToldRooms({})
  told.accept(news(5, room('told')), 0)
  told.miss(['a', 'unheard of'])
  expect(told.versions).toEqual({ a: -1 })
  expect(new ToldRooms(told.versions).isMissed('a')).toBe(true)
  expect(told.accept(news(4, room('late')), 0)).toBe(false)
  expect(told.accept(news(5, room('again')), 0)).toBe(true)
  expect(told.accept(news(5, room('again')), 0)).toBe(false)
  expect(told.versions).toEqual({ a: 5 })
})

it('a socket is told after `ready` what is newer than the directory has it and not among the rooms shown', () => {
  const told = new ToldRooms({ kept: 3 })
  told.accept(news(5, room('told')), 0)
  expect(told.beyond([{ roomId: 'a', version: 4 }], [], 0)).toEqual({
    updates: [{ type: 'room.updated', room: room('told') }],
    unknown: ['kept'],
  })
  const kept = { roomId: 'kept', version: 3 }
  const nothing = { updates: [], unknown: [] }
  expect(told.beyond([kept, { roomId: 'a', version: 4 }], [room('told')], 0)).toEqual(nothing)
  expect(told.beyond([kept, { roomId: 'a', version: 5 }], [], 0)).toEqual(nothing)
  expect(told.beyond([kept], [], 0).updates).toMatchObject([{ type: 'room.added', by: null }])
  expect(told.beyond([kept], [], 60_000)).toEqual({ updates: [], unknown: ['a'] })
})
