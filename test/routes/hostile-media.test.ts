import { runDurableObjectAlarm } from 'cloudflare:test'
import { expect, it } from 'vitest'
import { stopClock } from '../fixtures/clock'
import { download, png, storedKeys, upload, uploadPicture } from '../fixtures/media'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { fetchService } from '../fixtures/service'

const text = (content: string) => new TextEncoder().encode(content)
const streamOf = (bytes: Uint8Array) => new Blob([bytes]).stream()

/** Bytes whose number nobody says. */
const endless = () => new ReadableStream({ start: (controller) => controller.enqueue(png) })

/** A picture of one colour that says it is 30,000 pixels wide and high. */
const bomb = png.slice()
new DataView(bomb.buffer).setUint32(16, 30_000)
new DataView(bomb.buffer).setUint32(20, 30_000)

it.each([
  ['a picture that says it is another kind', png, { type: 'video/mp4' }, 'unsupported_type'],
  ['a picture that says it is sound', png, { type: 'audio/mpeg' }, 'unsupported_type'],
  ['a page that says it is a picture', text('<!doctype html><script>'), {}, 'unsupported_type'],
  ['a picture that says it is a page', png, { type: 'text/html' }, 'unsupported_type'],
  ['nothing at all', new Uint8Array(), {}, 'invalid'],
  ['a decompression bomb', bomb, {}, 'too_large'],
  ['fewer bytes than declared', streamOf(png), { headers: { 'Content-Length': '500' } }, 'invalid'],
  ['more bytes than declared', streamOf(png), { headers: { 'Content-Length': '50' } }, 'invalid'],
  ['a length that is none', streamOf(png), { headers: { 'Content-Length': '-1' } }, 'invalid'],
  ['bytes of unknown number', endless(), {}, 'invalid'],
  ['a hash that is none', png, { query: '?thumbHash=<svg>' }, 'invalid'],
  [
    'more than its kind may have',
    streamOf(png),
    { headers: { 'Content-Length': '20000001' } },
    'too_large',
  ],
])('%s is refused and leaves nothing', async (_, bytes, options, code) => {
  const { bo, room, stub } = await createScenario()
  expect((await upload(bo, room.id, bytes, options)).code).toBe(code)
  await runDurableObjectAlarm(stub)
  expect(await storedKeys(room.id)).toEqual([])
})

it('outsiders of a closed room and the muted upload nothing', async () => {
  const { ana, bo, cy, room, path } = await createScenario()
  await ana.patch(path, { access: 'closed', listed: false })
  expect((await upload(cy, room.id, png)).code).toBe('not_found')
  await ana.patch(`${path}/members/${bo.id}`, {
    mutedUntil: new Date(Date.now() + 1e6).toISOString(),
  })
  expect((await upload(bo, room.id, png)).code).toBe('muted')
  expect(await storedKeys(room.id)).toEqual([])
})

it.each([
  ['../../etc/passwd', 'passwd.png'],
  ['C:\\photos\\boat.png', 'boat.png'],
  ['a\u202egnp.exe', 'agnp.exe.png'],
  ['line\r\nSet-Cookie: a=b.png', 'lineSet-Cookie: a=b.png'],
  ['..', 'image.png'],
  ['page.html', 'page.html.png'],
  ['фото.PNG', 'фото.PNG'],
  [`${'long'.repeat(100)}.png`, `${'long'.repeat(29)}.png`],
])('the name %j becomes %j', async (name, clean) => {
  const { bo, room } = await createScenario()
  const { media } = await upload(bo, room.id, png, { name })
  expect(media?.name).toBe(clean)
  const { headers } = await download(bo.token, media?.url as string)
  expect(headers.get('Content-Disposition')).toMatch(/^inline; filename/)
})

it.each([
  ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
  ['text/html', '<!doctype html><script>alert(1)</script>'],
])('%s is only ever a download', async (type, content) => {
  const { ana, bo, room, path } = await createScenario()
  await ana.patch(path, { plainFiles: true })
  const { media } = await upload(bo, room.id, text(content), { type, name: 'a.html' })
  expect(media).toMatchObject({ kind: 'file', type: 'application/octet-stream' })
  const { headers } = await download(bo.token, media?.url as string)
  expect(headers.get('Content-Type')).toBe('application/octet-stream')
  expect(headers.get('Content-Disposition')).toBe('attachment; filename=a.html')
  expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
  expect(headers.get('Content-Security-Policy')).toBe("sandbox; default-src 'none'")
})

it('a picture that is a page as well is served as a picture, in a sandbox', async () => {
  const { bo, room } = await createScenario()
  const both = new Uint8Array([...png, ...text('<script>alert(1)</script>')])
  const { media } = await upload(bo, room.id, both, { name: 'both.html' })
  const { headers } = await download(bo.token, media?.url as string)
  expect(headers.get('Content-Type')).toBe('image/png')
  expect(headers.get('Content-Disposition')).toBe('inline; filename=both.html.png')
  expect(headers.get('Content-Security-Policy')).toMatch(/^sandbox/)
})

it('what no message took within a day goes, what one has stays', async () => {
  const { bo, room, path, stub } = await createScenario()
  const kept = await uploadPicture(bo, room.id)
  await bo.post(`${path}/messages`, { ...newMessage('look'), attachments: [kept] })
  const loose = await uploadPicture(bo, room.id)
  const clock = stopClock(Date.now() + 25 * 3_600_000)
  await runDurableObjectAlarm(stub)
  clock.restart()
  expect(await storedKeys(room.id)).toEqual([`rooms/${room.id}/${kept}`])
  expect((await download(bo.token, `/v1/media/${loose}`)).status).toBe(404)
})

it('a file that is sent as a form, or without a type, is refused with what to do', async () => {
  const { bo, path } = await createScenario()
  const detailOf = async (type: string | undefined) => {
    const init = { method: 'POST', body: new Uint8Array(png) }
    const headers = { Authorization: `Bearer ${bo.token}`, ...(type && { 'Content-Type': type }) }
    const response = await fetchService(`${path}/media`, { ...init, headers })
    expect(response.status).toBe(415)
    return ((await response.json()) as { detail: string }).detail
  }
  expect(await detailOf(undefined)).toContain('application/octet-stream')
  expect(await detailOf('multipart/form-data; boundary=x')).toContain('This is a form')
  expect(await detailOf('application/x-www-form-urlencoded')).toContain('This is a form')
})
