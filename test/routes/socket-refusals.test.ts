import { env } from 'cloudflare:workers'
import { expect, it } from 'vitest'
import { app } from '../../src/app'
import { ApiError } from '../../src/errors'
import { closeReasonOf } from '../../src/schemas/close-codes'
import { PROTOCOL } from '../../src/schemas/socket'
import { createScenario } from '../fixtures/scenario'
import { fetchService } from '../fixtures/service'
import { connect, RoomSocket } from '../fixtures/socket'

/** Opens a socket at any address. */
async function open(address: string, token: string): Promise<RoomSocket> {
  const headers = { Upgrade: 'websocket', 'Sec-WebSocket-Protocol': `${PROTOCOL}, bearer.${token}` }
  const response = await fetchService(address, { headers })
  expect([response.status, response.headers.get('Sec-WebSocket-Protocol')]).toEqual([101, PROTOCOL])
  return new RoomSocket(response.webSocket as WebSocket)
}

it.each(['null', '-1', 'abc', '', '1.5', '1e3', '9999999999999999'])(
  'an upgrade with after=%s closes with 4400 and says what is wrong',
  async (after) => {
    const { ana, room } = await createScenario()
    const socket = await connect(ana.token, room.id, { after })
    expect(await socket.end()).toEqual({
      code: 4400,
      reason: 'invalid; after: must be a whole number',
    })
  },
)

it('an upgrade with an unknown parameter closes with 4400', async () => {
  const { ana, path } = await createScenario()
  const unknown = await open(`${path}/socket?since=4`, ana.token)
  expect(await unknown.end()).toEqual({
    code: 4400,
    reason: 'invalid; query: Unrecognized key: "since"',
  })
})

it('an upgrade that fails on our side closes with 1012, so that a client tries again', async () => {
  const { ana, path } = await createScenario()
  const upgrade = (broken: Partial<Env>) =>
    app.request(
      `${path}/socket`,
      { headers: { Upgrade: 'websocket', 'Sec-WebSocket-Protocol': `bearer.${ana.token}` } },
      { ...env, ...broken },
    )
  const unready = await upgrade({ TOKEN_SECRET: '' })
  expect(unready.status).toBe(101)
  const ended = new RoomSocket(unready.webSocket as WebSocket)
  expect(await ended.end()).toEqual({ code: 1012, reason: 'unavailable' })
  const broken = await upgrade({ ROOMS: {} as Env['ROOMS'] })
  const failed = new RoomSocket(broken.webSocket as WebSocket)
  expect(await failed.end()).toEqual({ code: 1012, reason: 'internal' })
})

it('a reason has at most 123 bytes and ends with a whole character', () => {
  const reason = closeReasonOf(new ApiError('invalid', 'é😀'.repeat(60)))
  expect(new TextEncoder().encode(reason).length).toBeLessThanOrEqual(123)
  expect(reason).toMatch(/^invalid; (é😀)+é?$/u)
})

it('a request that is no upgrade gets a problem, whatever its parameters', async () => {
  const { ana, path } = await createScenario()
  const { status, body } = await ana.get(`${path}/socket?after=null`)
  expect([status, body.code]).toEqual([400, 'invalid'])
})
