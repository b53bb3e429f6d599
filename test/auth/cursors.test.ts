import { expect, it } from 'vitest'
import { type CursorScope, signCursor, verifyCursor } from '../../src/auth/cursors'

const [old, latest] = ['old '.repeat(8), 'latest '.repeat(8)] as const
const scope: CursorScope = {
  userId: 'ana',
  list: '/v1/rooms',
  filter: { sort: 'new', search: 'x' },
}
const key = ['Zürich "ost"', 7, '🎉'.repeat(100)]

it('a cursor gives back its key, also while the secret changes, and no longer', () => {
  const cursor = signCursor([old], scope, key)
  expect(verifyCursor([old], scope, cursor)).toEqual(key)
  expect(verifyCursor([latest, old], scope, cursor)).toEqual(key)
  expect(() => verifyCursor([latest], scope, cursor)).toThrow('not valid here')
  expect(cursor.length).toBeLessThan(1024)
})

it('the order in which parameters were sent is none of its business', () => {
  const cursor = signCursor([old], scope, key)
  const turned = { ...scope, filter: { search: 'x', kind: undefined, sort: 'new' } }
  expect(verifyCursor([old], turned, cursor)).toEqual(key)
})

it('no other character at any place will do, nor one more or less', () => {
  const cursor = signCursor([old], scope, [1, 'some-id'])
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/. '
  const forged = [...cursor].flatMap((character, at) =>
    [...alphabet]
      .filter((other) => other !== character)
      .map((other) => cursor.slice(0, at) + other + cursor.slice(at + 1)),
  )
  forged.push(`${cursor}=`, `${cursor}A`, cursor.slice(0, -1), cursor.slice(0, 16), ' ', '\u0000')
  const accepted = forged.filter((each) => {
    try {
      return verifyCursor([old], scope, each)
    } catch {
      return false
    }
  })
  expect(accepted).toEqual([])
})

it.each([
  ['user', { userId: 'bo' }],
  ['list', { list: '/v1/users' }],
  ['order', { filter: { sort: 'members', search: 'x' } }],
  ['filter', { filter: { sort: 'new', search: 'y' } }],
  ['missing filter', { filter: { sort: 'new' } }],
])('another %s is refused', (_, other) => {
  const cursor = signCursor([old], scope, key)
  expect(() => verifyCursor([old], { ...scope, ...other }, cursor)).toThrow('not valid here')
})
