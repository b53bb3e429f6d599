import { env } from 'cloudflare:workers'
import { crc32, deflateSync } from 'node:zlib'
import { afterEach, expect, it, vi } from 'vitest'
import { readImageSize } from '../../src/media/containers/image-size'
import { serveMedia } from '../../src/media/download'
import type { Media } from '../../src/schemas/media'
import { download, putAvatar, upload } from '../fixtures/media'
import { u32le, webp, zeros } from '../fixtures/media-files'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'

afterEach(() => vi.restoreAllMocks())

const u32 = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255)
function chunk(type: string, content: Uint8Array): number[] {
  const body = [...new TextEncoder().encode(type), ...content]
  return [...u32(content.length), ...body, ...u32(crc32(new Uint8Array(body)))]
}

/** A grey PNG of this size, with more chunks in front of its pixels. */
function grey(width: number, height: number, more: number[] = []): Uint8Array {
  const header = new Uint8Array([...u32(width), ...u32(height), 8, 0, 0, 0, 0])
  const rows = new Uint8Array((width + 1) * height).map((_, at) => (at % (width + 1) ? 130 : 0))
  const chunks = [
    ...chunk('IHDR', header),
    ...more,
    ...chunk('IDAT', deflateSync(rows)),
    ...chunk('IEND', new Uint8Array()),
  ]
  return new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, ...chunks])
}

/** ana's photo of 800 by 400 in a message. */
async function posted() {
  const set = await createScenario()
  const original = grey(800, 400)
  const { media } = await upload(set.ana, set.room.id, original, { name: 'tide.png' })
  await set.ana.post(`${set.path}/messages`, { ...newMessage(''), attachments: [media?.id] })
  return { ...set, original, media: media as Media, url: media?.url as string }
}

it('a photo comes as wide as asked, as WebP, and the original without asking', async () => {
  const { bo, url, original } = await posted()
  const narrow = await download(bo.token, `${url}?width=320`)
  expect([narrow.status, narrow.headers.get('Content-Type')]).toEqual([200, 'image/webp'])
  expect(narrow.headers.get('Content-Disposition')).toBe('inline; filename=tide.webp')
  expect(narrow.headers.get('Content-Security-Policy')).toMatch(/^sandbox/)
  expect(narrow.headers.get('Cache-Control')).toBe('private, no-cache')
  expect(readImageSize(narrow.bytes)).toMatchObject({ width: 320, height: 160 })
  const wide = await download(bo.token, `${url}?width=2048`)
  expect(readImageSize(wide.bytes)).toMatchObject({ width: 800, height: 400 })
  expect((await download(bo.token, url)).bytes).toEqual(original)
})

it('each width has its entity tag', async () => {
  const { bo, url } = await posted()
  const path = `${url}?width=320`
  const tags = await Promise.all(
    [path, url, `${url}?width=96`].map(async (each) =>
      (await download(bo.token, each)).headers.get('ETag'),
    ),
  )
  expect(new Set(tags).size).toBe(3)
  const known = (tag: string) =>
    download(bo.token, path, { headers: { 'If-None-Match': tag } }).then(({ status }) => status)
  expect(await Promise.all(tags.map((tag) => known(tag as string)))).toEqual([304, 200, 200])
})

it('a width that is not on the list is refused', async () => {
  const { bo, url } = await posted()
  expect((await download(bo.token, `${url}?width=321`)).status).toBe(400)
})

it('who may not read the room gets no width of its photos, also of one that was made', async () => {
  const { ana, bo, cy, path, url, media } = await posted()
  expect((await download(bo.token, `${url}?width=96`)).status).toBe(200)
  await ana.patch(path, { access: 'closed', listed: false })
  await ana.delete(`${path}/members/${bo.id}`)
  expect((await download(bo.token, `${url}?width=96`)).status).toBe(404)
  expect((await download(cy.token, `${url}?width=96`)).status).toBe(404)
  await ana.delete(`${path}/messages/${(await ana.get(`${path}/media`)).body.items[0].messageSeq}`)
  expect((await download(ana.token, `/v1/media/${media.id}?width=96`)).status).toBe(404)
})

it('without a way to make it narrower, or when that fails, the original comes', async () => {
  const { original, media } = await posted()
  const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
  const answer = async (IMAGES: ImagesBinding | undefined) => {
    const request = new Request('https://chat.test')
    const services = { MEDIA: env.MEDIA, IMAGES }
    return new Uint8Array(
      await (await serveMedia(services, request, { media, etag: 'tag', width: 640 })).arrayBuffer(),
    )
  }
  expect(await answer(undefined)).toEqual(original)
  expect(errors).not.toHaveBeenCalled()
  const broken = {
    input: () => {
      throw new Error('No more today.')
    },
  }
  expect(await answer(broken as unknown as ImagesBinding)).toEqual(original)
  expect(errors).toHaveBeenCalled()
})

it('an avatar comes as wide as asked, until it is replaced', async () => {
  const { ana } = await createScenario()
  const put = async () => (await putAvatar(ana, '/v1/me/avatar', grey(400, 400))).body.avatarUrl
  const url = await put()
  const narrow = await download(undefined, `${url}?width=96`)
  expect(readImageSize(narrow.bytes)).toMatchObject({ width: 96, height: 96 })
  expect(narrow.headers.get('Cache-Control')).toContain('immutable')
  await put()
  expect((await download(undefined, `${url}?width=96`)).status).toBe(404)
})

/** A WebP that shows another as its only frame. */
function animated(still: Uint8Array, width: number, height: number) {
  const u24 = (value: number) => u32le(value).slice(0, 3)
  const size = [...u24(width - 1), ...u24(height - 1)]
  const frame = [...zeros(6), ...size, ...u24(100), 0, ...still.subarray(12)]
  const IS_ANIMATED = 2
  return webp(width, height, IS_ANIMATED, [
    ['ANIM', zeros(6)],
    ['ANMF', frame],
  ])
}

it('a picture that moves still moves when a narrower one is asked for', async () => {
  const { ana, bo, room, url } = await posted()
  const still = await download(bo.token, `${url}?width=320`)
  const acTL = chunk('acTL', new Uint8Array([0, 0, 0, 1, 0, 0, 0, 0]))
  const moving: [string, Uint8Array][] = [
    ['image/png', grey(320, 160, acTL)],
    ['image/webp', animated(still.bytes, 320, 160)],
  ]
  for (const [type, bytes] of moving) {
    const { media } = await upload(ana, room.id, bytes, { type })
    const path = `${media?.url}?width=96`
    const narrow = await download(ana.token, path)
    expect([narrow.status, narrow.headers.get('Content-Type')]).toEqual([200, type])
    expect(narrow.bytes).toEqual(bytes)
    const known = { headers: { 'If-None-Match': narrow.headers.get('ETag') as string } }
    expect((await download(ana.token, path, known)).status).toBe(304)
  }
})
