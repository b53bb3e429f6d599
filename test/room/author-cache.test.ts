import { runInDurableObject } from 'cloudflare:test'
import { expect, it } from 'vitest'
import type { Profile } from '../../src/directory/profiles'
import { checkpoint, type RoomState } from '../../src/room/state/room-state'
import * as authors from '../../src/room/store/author-cache'
import * as members from '../../src/room/store/members'
import * as sequences from '../../src/room/store/sequence'
import { createScenario } from '../fixtures/scenario'

const called = (id: string, displayName: string, version: number): Profile => ({
  id,
  username: 'bo',
  displayName,
  avatar: null,
  version,
  suspendedUntil: null,
  deleted: false,
  erased: false,
})

const UNDO = new Error('undo')

/**
 * Does something in the storage of a room that has `bo` in it, and remembers how they are shown. It is undone at
 * the end: the room itself knows nothing of it.
 */
async function remembering(
  work: (storage: DurableObjectStorage, bo: string, name: () => string | undefined) => void,
) {
  const { bo, stub } = await createScenario()
  await runInDurableObject(stub, (_room, { storage }) => {
    const name = () => authors.findMany(storage.sql, [bo.id]).get(bo.id)?.displayName
    name()
    const attempt = () =>
      storage.transactionSync(() => {
        work(storage, bo.id, name)
        throw UNDO
      })
    expect(attempt).toThrow(UNDO)
    authors.forgetAll(storage.sql)
  })
}

it('shows a new name at once', () =>
  remembering(({ sql }, bo, name) => {
    members.updateProfile(sql, called(bo, 'Renamed', 99))
    expect(name()).toBe('Renamed')
  }))

it('shows the name that someone joins again with', () =>
  remembering(({ sql }, bo, name) => {
    members.join(
      sql,
      sequences.load(sql),
      { profile: called(bo, 'Back again', 99), role: 'member' },
      Date.now(),
    )
    expect(name()).toBe('Back again')
  }))

it('shows the old name after a rollback', () =>
  remembering((storage, bo, name) => {
    const before = name()
    const undo = checkpoint({
      sql: storage.sql,
      sequence: sequences.load(storage.sql),
    } as RoomState)
    expect(() =>
      storage.transactionSync(() => {
        members.updateProfile(storage.sql, called(bo, 'Never', 99))
        expect(name()).toBe('Never')
        throw new Error('rolled back')
      }),
    ).toThrow('rolled back')
    undo()
    expect(name()).toBe(before)
  }))

it('shows everyone of a page, whoever is known and however many', () =>
  remembering(({ sql }, bo) => {
    const row = sequences.load(sql)
    const ids = Array.from({ length: 2100 }, (_, i) => `user-${i}`)
    for (const id of ids)
      members.join(sql, row, { profile: called(id, id, 1), role: 'member' }, Date.now())
    for (let from = 0; from < ids.length; from += 50) {
      const page = [bo, ...ids.slice(from, from + 50)]
      const shown = authors.findMany(sql, page)
      expect(page.filter((id) => shown.get(id)?.id !== id)).toEqual([])
    }
    expect(authors.findMany(sql, ['a stranger']).get('a stranger')).toBeUndefined()
  }))
