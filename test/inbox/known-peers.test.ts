import { expect, it } from 'vitest'
import { KnownPeers } from '../../src/inbox/known-peers'

const news = (online: boolean, asOf: number) => ({ online, away: false, lastSeenAt: null, asOf })

it('no more than 200 are told, however they came and went, and who is told of is kept up to date', () => {
  const peers = new KnownPeers({})
  const ids = Array.from({ length: 600 }, (_, i) => `u${i}`)
  for (let i = 0; i < 600; i += 150) {
    for (const id of ids.slice(i, i + 150)) peers.accept(id, news(true, 1))
    for (const id of ids.slice(i, i + 150)) peers.accept(id, news(false, 2))
  }
  for (const id of ids) peers.accept(id, news(true, 3))
  for (const id of ids) peers.missed(id)
  expect(peers.told).toHaveLength(200)
  expect(peers.accept('u0', { ...news(true, 4), away: true })).toBe(true)
  expect(peers.accept('u0', news(false, 5))).toBe(true)
  expect(peers.accept('u599', news(true, 6))).toBe(true)
  expect(peers.told).toHaveLength(200)
})
