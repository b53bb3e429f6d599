import { runDurableObjectAlarm } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { download, png, storedKeys, upload } from '../fixtures/media'
import { createScenario } from '../fixtures/scenario'
import { mediaPath, tusClient } from '../fixtures/tus'

const text = (content: string) => new TextEncoder().encode(content)

/** A picture of one colour that says it is 30,000 pixels wide and high. */
const bomb = png.slice()
new DataView(bomb.buffer).setUint32(16, 30_000)
new DataView(bomb.buffer).setUint32(20, 30_000)

it.each([
  ['a decompression bomb', bomb, 'image/png', 'too_large'],
  ['a film that is a picture', png, 'video/mp4', 'unsupported_type'],
  [
    'a picture that is a page',
    text('<!doctype html><script></script>'),
    'image/png',
    'unsupported_type',
  ],
  [
    'a picture that is a drawing',
    text('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    'image/jpeg',
    'unsupported_type',
  ],
])('%s ends its upload and leaves nothing', async (_, bytes, type, code) => {
  const { bo, room, stub } = await createScenario()
  const { create, patch, head } = tusClient(bo, room.id)
  const { path } = await create(bytes.length, type)
  expect((await patch(path, 0, bytes.slice(0, 20))).offset).toBe(20)
  expect((await patch(path, 20, bytes.slice(20))).code).toBe(code)
  expect((await head(path)).status).toBe(404)
  await runDurableObjectAlarm(stub)
  expect(await storedKeys(room.id)).toEqual([])
})

it.each([
  ['image/png', 20_000_001],
  ['video/webm', 500_000_001],
  ['audio/ogg', 100_000_001],
  ['application/pdf', 50_000_001],
  ['application/octet-stream', 500_000_001],
])('too much of %s is refused before its bytes, whichever way it comes', async (type, size) => {
  const { bo, room } = await createScenario()
  const never = new ReadableStream()
  const headers = { 'Content-Length': String(size) }
  expect((await upload(bo, room.id, never, { type, headers })).code).toBe('too_large')
  expect((await tusClient(bo, room.id).create(size, type)).code).toBe('too_large')
})

it("another room's address opens no upload, nor does a made-up one", async () => {
  const { bo, room } = await createScenario()
  const { body: other } = await bo.post('/v1/rooms', { name: 'Other' })
  const { path } = await tusClient(bo, room.id).create(png.length)
  const { head, patch, cancel } = tusClient(bo, other.id)
  for (const foreign of [path.replace(room.id, other.id), `${path}x`]) {
    const answers = [await head(foreign), await patch(foreign, 0, png), await cancel(foreign)]
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404])
  }
  expect((await head(path)).offset).toBe(0)
})

it('a name by tus is cleaned as others are, and what nobody knows is passed over', async () => {
  const { bo, room } = await createScenario()
  const headersOf = (metadata: string) => ({
    'Upload-Length': png.length,
    'Upload-Metadata': `${metadata},filetype ${btoa('image/png')}`,
    'Content-Type': 'application/offset+octet-stream',
  })
  const begin = (metadata: string) =>
    tusClient(bo, room.id).send('POST', `/v1/rooms/${room.id}/uploads`, headersOf(metadata), png)
  const begun = await begin(
    `filename ${btoa('../../a\r\nb.html')},isConfidential,noise ${btoa('\xff')}`,
  )
  const answer = await download(bo.token, mediaPath(begun.headers.get('Location') ?? ''))
  expect(answer.headers.get('Content-Disposition')).toBe('inline; filename=ab.html.png')
  expect((await begin(`filename ${btoa('\xff')}`)).code).toBe('invalid')
  expect((await begin('filename <svg>')).code).toBe('invalid')
})
