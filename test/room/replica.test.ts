import { expect, it } from 'vitest'
import type { Event, Snapshot } from '../../src/schemas/events'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { connect } from '../fixtures/socket'
import { apply } from './replica'

it('a client of today lives with the fields and events of tomorrow', async () => {
  const { ana, bo, path, room } = await createScenario()
  const { me: _, peer: _peer, ...shared } = (await ana.get(path)).body
  const snapshot: Snapshot = { seq: shared.seq, room: shared, messages: [] }
  const socket = await connect(bo.token, room.id)
  await ana.post(`${path}/messages`, newMessage('first'))
  const posted = await socket.until(() => socket.events[0])

  const unknown = { type: 'poll.closed', seq: posted.seq, at: posted.at, poll: { votes: 3 } }
  const later = { ...posted, seq: posted.seq + 1, colour: 'blue' }
  const after = [unknown as unknown as Event, later].reduce(apply, snapshot)

  expect(after).toMatchObject({ seq: posted.seq + 1, room: { seq: posted.seq + 1 } })
  expect(after.messages).toMatchObject([{ text: 'first' }])
})
