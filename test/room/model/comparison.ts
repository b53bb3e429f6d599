import { runInDurableObject } from 'cloudflare:test'
import { expect } from 'vitest'
import type { RpcResult } from '../../../src/durable-objects/rpc-result'
import { fetchRoom } from '../../../src/room/client'
import type { Messages } from '../../../src/schemas/messages'
import type { Pin } from '../../../src/schemas/pins'
import { type Name, names, type RoomModel } from './room-model'
import type { ModelScenario } from './scenario'
import * as shown from './views'

/** As many messages have their earlier versions compared, those written last. */
const VERSIONS = 10

/** Everything that the room shows, to everybody, beside what the model says. */
export async function compare(model: RoomModel, scenario: ModelScenario): Promise<void> {
  const { cast, nameOf, stub, times } = scenario
  const reader = names.find((name) => model.may(name, 'read') === 'ok') as Name
  const caller = (name: Name) => ({ userId: cast[name].id })
  const latest = model.messages.slice(-VERSIONS)
  const seen = await runInDurableObject(stub, async (room) => ({
    rooms: await Promise.all(names.map((name) => room.readRoom(caller(name)))),
    page: await value(
      await fetchRoom(
        { fetch: (input, init) => room.fetch(new Request(input, init)) },
        { path: 'messages', caller: caller(reader), query: { limit: 100 } },
      ),
    ).json<Messages>(),
    roster: value(await room.listMembers(caller(reader), null, 100)),
    pins: value(await room.listPins(caller(reader), null, 300)),
    bans: value(await room.listBans(caller(model.owner), '', 100)),
    invites: value(await room.listInvites(caller(model.owner), '', 200)),
    versions: await Promise.all(
      latest.map(async ({ seq }) => value(await room.listVersions(caller(reader), seq))),
    ),
  }))
  for (const [index, name] of names.entries()) {
    const answer = seen.rooms[index]
    if (model.refused(name) !== 'ok') expect(answer).toMatchObject({ code: 'banned' })
    else expect(answer?.ok && shown.room(answer.value)).toEqual(shown.expectedRoom(model, name))
  }
  const { items } = seen.page
  for (const { seq, createdAt } of items) times.set(seq, createdAt)
  const expected = model.messages.map((message) => shown.expectedMessage(model, message, reader))
  expect(items.map((message) => shown.message(message, nameOf)).reverse()).toEqual(
    expected.slice(-100),
  )
  expect(seen.versions.map((items) => items.map(({ text }) => text))).toEqual(
    latest.map(({ versions }) => versions),
  )
  expect(seen.pins.map(({ message, pinnedBy }: Pin) => [message.seq, nameOf(pinnedBy.id)])).toEqual(
    model.pins.map(({ seq, by }) => [seq, by]),
  )
  expect(seen.roster.items.map(({ user, role }) => [nameOf(user.id), role])).toEqual(
    model.members.map((name) => [name, model.roleOf(name)]),
  )
  const bans = seen.bans.map(({ user, by }): [Name, Name] => [nameOf(user.id), nameOf(by.id)])
  expect(new Map(bans)).toEqual(model.bans)
  expect(seen.invites.map((invite) => shown.invite(invite, nameOf))).toEqual(
    model.invites.filter(({ isRevoked }) => !isRevoked).map(shown.expectedInvite),
  )
}

function value<T>(answer: RpcResult<T>): T {
  if (answer.ok) return answer.value
  throw new Error(`Refused with ${answer.code} what this user may see.`)
}
