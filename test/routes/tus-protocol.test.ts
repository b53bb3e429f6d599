import { runDurableObjectAlarm } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { download, png } from '../fixtures/media'
import { createScenario } from '../fixtures/scenario'
import { fetchService } from '../fixtures/service'
import { mediaPath, tusClient } from '../fixtures/tus'

const CHUNK = 'application/offset+octet-stream'

async function scene() {
  const { bo, room, stub } = await createScenario()
  const client = tusClient(bo, room.id)
  const create = (headers: object, body?: Uint8Array) =>
    client.send(
      'POST',
      `/v1/rooms/${room.id}/uploads`,
      { 'Upload-Length': png.length, ...headers },
      body,
    )
  const begin = async (headers: object = {}) =>
    (await create(headers)).headers.get('Location') as string
  return { ...client, bo, room, stub, create, begin }
}

it('POST with an override is the method that it names', async () => {
  const { bo, send, begin, head } = await scene()
  const path = await begin()
  const first = { 'X-HTTP-Method-Override': 'PATCH', 'Upload-Offset': 0, 'Content-Type': CHUNK }
  const sent = await send('POST', path, first, png.slice(0, 20))
  expect([sent.status, sent.offset]).toEqual([204, 20])
  const asked = await send('POST', path, { 'X-HTTP-Method-Override': 'head' })
  expect([asked.status, asked.offset]).toEqual([200, 20])
  const rest = { ...first, 'X-HTTP-Method-Override': 'patch', 'Upload-Offset': 20 }
  expect((await send('POST', path, rest, png.slice(20))).offset).toBe(png.length)
  expect((await download(bo.token, mediaPath(path))).bytes).toEqual(png)
  const other = await begin()
  expect((await send('POST', other, { 'X-HTTP-Method-Override': 'DELETE' })).status).toBe(204)
  expect((await head(other)).status).toBe(404)
})

it('an override passes no guard, names no other method and counts for uploads only', async () => {
  const { room, send, begin } = await scene()
  const path = await begin()
  const override = { 'X-HTTP-Method-Override': 'DELETE' }
  const anonymous = await fetchService(path, {
    method: 'POST',
    headers: { 'Tus-Resumable': '1.0.0', ...override },
  })
  expect(anonymous.status).toBe(401)
  for (const name of ['GET', 'PUT', 'no method', 'CONNECT', ' ']) {
    expect((await send('POST', path, { 'X-HTTP-Method-Override': name })).status).toBe(405)
  }
  expect((await send('POST', `/v1/rooms/${room.id}`, override)).status).toBe(405)
})

it('metadata is optional, and HEAD returns it as it came, before and after the last byte', async () => {
  const { stub, begin, create, head, patch } = await scene()
  for (const [sent, returned] of [
    [undefined, null],
    ['', null],
    ['filetype', 'filetype'],
    [
      'secret !, filename ZG90LnBuZw==,is_confidential',
      'secret !, filename ZG90LnBuZw==,is_confidential',
    ],
  ]) {
    const path = await begin(sent === undefined ? {} : { 'Upload-Metadata': sent })
    expect((await head(path)).headers.get('Upload-Metadata')).toBe(returned)
    expect((await patch(path, 0, png)).offset).toBe(png.length)
    await runDurableObjectAlarm(stub)
    const stored = await head(path)
    expect([stored.offset, stored.headers.get('Upload-Metadata')]).toEqual([png.length, returned])
  }
  const wrong = await create({ 'Upload-Metadata': 'filename ????' })
  expect([wrong.status, wrong.code]).toEqual([400, 'invalid'])
})

it('the type of a body is compared as a media type', async () => {
  const { begin, create, send } = await scene()
  const path = await begin()
  const type = 'Application/Offset+Octet-Stream; charset=binary'
  const sent = await send(
    'PATCH',
    path,
    { 'Upload-Offset': 0, 'Content-Type': type },
    png.slice(0, 9),
  )
  expect([sent.status, sent.offset]).toEqual([204, 9])
  expect((await create({ 'Content-Type': type }, png)).offset).toBe(png.length)
  for (const wrong of ['application/offset+octet-streams', 'text/plain', 'application/offset']) {
    const refused = await send('PATCH', path, { 'Upload-Offset': 9, 'Content-Type': wrong }, png)
    expect([refused.status, refused.code]).toEqual([415, 'unsupported_type'])
  }
})

it('a page reads that its version is refused, and what the server can do', async () => {
  const { room, begin } = await scene()
  const Origin = 'https://front.test'
  for (const [method, path] of [
    ['POST', `/v1/rooms/${room.id}/uploads`],
    ['HEAD', await begin()],
  ] as const) {
    const headers = { Origin, 'Tus-Resumable': '0.2.2' }
    const refused = await fetchService(path, { method, headers })
    expect(refused.status).toBe(412)
    expect(refused.headers.get('Tus-Version')).toBe('1.0.0')
    expect(refused.headers.get('Tus-Resumable')).toBe('1.0.0')
    expect(refused.headers.get('Access-Control-Allow-Origin')).toBe('*')
    expect(refused.headers.get('Access-Control-Expose-Headers')).toMatch(
      /Tus-Version.*Upload-Metadata/,
    )
  }
  const headers = { Origin, 'Access-Control-Request-Method': 'POST' }
  const asked = await fetchService(`/v1/rooms/${room.id}/uploads`, { method: 'OPTIONS', headers })
  expect([asked.status, asked.headers.get('Tus-Version')]).toEqual([204, '1.0.0'])
  expect(asked.headers.get('Tus-Max-Size')).toMatch(/^\d+000000$/)
  expect(asked.headers.get('Access-Control-Allow-Headers')).toContain('X-HTTP-Method-Override')
})
