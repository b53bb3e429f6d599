import { describe, expect, it } from 'vitest'
import type { Media } from '../../src/schemas/media'
import { upload } from '../fixtures/media'
import * as files from '../fixtures/media-files'
import { newMessage } from '../fixtures/rooms'
import { createScenario } from '../fixtures/scenario'
import { tusClient } from '../fixtures/tus'

type Scenario = Awaited<ReturnType<typeof createScenario>>
type Road = (set: Scenario, bytes: Uint8Array, type: string) => Promise<Media>

// More than the first bytes that an upload is judged by.
const LARGE = 300_000

const posted = async ({ bo, path }: Scenario, id: string): Promise<Media> =>
  (await bo.post(`${path}/messages`, { ...newMessage(''), attachments: [id] })).body.attachments[0]

const byTus: Road = async (set, bytes, type) => {
  const { create, patch } = tusClient(set.bo, set.room.id)
  const { path } = await create(bytes.length, type)
  const half = bytes.length >> 1
  await patch(path, 0, bytes.subarray(0, half))
  expect((await patch(path, half, bytes.subarray(half))).status).toBe(204)
  return posted(set, path.split('/').at(-1) as string)
}

const roads: [string, Road][] = [
  [
    'one request',
    async (set, bytes, type) => {
      const { media } = await upload(set.bo, set.room.id, bytes, { type, name: 'take' })
      expect(await posted(set, media?.id as string)).toEqual(media)
      return media as Media
    },
  ],
  ['tus', byTus],
]

describe.each(roads)('by %s', (_, send) => {
  it.each(['mp42', 'isom', 'iso5', 'M4A '])(
    'a voice message in an MP4 of brand %s is sound',
    async (brand) => {
      const set = await createScenario()
      const voice = files.mp4({ brand, tracks: [files.soundTrack] })
      const told = await send(set, voice, 'audio/mp4')
      expect(told).toMatchObject({ kind: 'audio', type: 'audio/mp4', duration: 12.5, width: null })
    },
  )

  it('a voice message in a WebM is sound', async () => {
    const set = await createScenario()
    const voice = files.webm({ tracks: [files.webmSound], milliseconds: 1500 })
    const told = await send(set, voice, 'audio/webm;codecs=opus')
    expect(told).toMatchObject({ kind: 'audio', type: 'audio/webm', duration: 1.5 })
  })

  it('a film whose header is at its end tells its size and length', async () => {
    const set = await createScenario()
    const film = files.mp4({ tracks: [files.filmTrack(320, 180, 1)] }, LARGE)
    expect(await send(set, film, 'video/mp4')).toMatchObject({
      kind: 'video',
      width: 180,
      height: 320,
      duration: 12.5,
      orientation: null,
    })
  })

  it('sound whose header is at its end is sound', async () => {
    const set = await createScenario()
    const voice = files.mp4({ tracks: [files.soundTrack] }, LARGE)
    const told = await send(set, voice, 'video/mp4')
    expect(told).toMatchObject({ kind: 'audio', type: 'audio/mp4', duration: 12.5 })
    expect(told.name).toMatch(/\.(m4a|mp4)$/)
  })

  it('a long Ogg tells its length, by its last page', async () => {
    const set = await createScenario()
    expect(await send(set, files.ogg(96_312, LARGE), 'audio/ogg')).toMatchObject({ duration: 2 })
  })

  it('a large photo tells which way up it is, behind its pixels', async () => {
    const set = await createScenario()
    const pixels: [string, number[]] = ['VP8 ', files.zeros(LARGE)]
    const photo = files.webp(160, 90, 8, [pixels, ['EXIF', files.exif(6)]])
    expect(await send(set, photo, 'image/webp')).toMatchObject({ width: 160, orientation: 6 })
  })

  it('a film of unknown length has none', async () => {
    const set = await createScenario()
    const live = files.webm({ tracks: [files.webmFilm(320, 180)] })
    expect(await send(set, live, 'video/webm')).toMatchObject({ duration: null, width: 320 })
  })
})

it('the gallery and has:audio find sound in an MP4 and a WebM', async () => {
  const { ana, bo, room, path } = await createScenario()
  const voices: [Uint8Array, string][] = [
    [files.mp4({ brand: 'mp42', tracks: [files.soundTrack] }), 'video/mp4'],
    [files.webm({ tracks: [files.webmSound] }), 'audio/webm;codecs=opus'],
    [files.mp4({ tracks: [files.soundTrack] }, LARGE), 'audio/mp4'],
  ]
  for (const [bytes, type] of voices) {
    const { media } = await upload(bo, room.id, bytes, { type })
    await bo.post(`${path}/messages`, { ...newMessage('listen'), attachments: [media?.id] })
  }
  expect((await ana.get(`${path}/media?kind=audio`)).body.items).toHaveLength(3)
  expect((await ana.get(`${path}/media?kind=video`)).body.items).toHaveLength(0)
  await expect
    .poll(async () => (await ana.get(`${path}/search?q=has:audio`)).body.items?.length)
    .toBe(3)
})

const film = files.mp4({ tracks: [files.filmTrack(320, 180)] })
const movie = Uint8Array.from([
  ...files.ftyp('qt  '),
  ...files.moov({ tracks: [files.filmTrack(320, 180)] }),
])
const phone = files.mp4({ brand: '3gp4', tracks: [files.filmTrack(176, 144)] })
const dictation = files.mp4({ brand: '3gp5', tracks: [files.soundTrack] })

describe.each([
  [
    'a PNG called a JPEG',
    files.png(16, 9),
    'image/jpeg',
    'photo.jpg',
    'image/png',
    'photo.jpg.png',
  ],
  [
    'a WebP called a PNG',
    files.webp(16, 9, 0),
    'image/png',
    'photo.png',
    'image/webp',
    'photo.png.webp',
  ],
  ['an MP4 called a MOV', film, 'video/quicktime', 'a.mov', 'video/mp4', 'a.mov.mp4'],
  ['a MOV called an MP4', movie, 'video/mp4', 'a.mp4', 'video/quicktime', 'a.mp4.mov'],
  ['a PNG by another word', files.png(16, 9), 'image/x-png', 'a.png', 'image/png', 'a.png'],
  ['a PNG called a BMP', files.png(16, 9), 'image/bmp', 'a.bmp', 'image/png', 'a.bmp.png'],
  ['an Ogg called a film', files.ogg(96_312), 'video/ogg', 'a.ogg', 'audio/ogg', 'a.ogg'],
  [
    'a WebM called Matroska',
    files.webm({ tracks: [files.webmFilm(320, 180)] }),
    'video/x-matroska',
    'a.webm',
    'video/webm',
    'a.webm',
  ],
  ['a film of a phone', phone, 'video/3gpp', 'a.3gp', 'video/mp4', 'a.3gp'],
  ['sound of a phone', dictation, 'audio/3gpp', 'a.3gp', 'audio/mp4', 'a.3gp'],
  ['a film called sound', film, 'audio/mp4', 'a.mp4', 'video/mp4', 'a.mp4'],
])('%s', (_, bytes, type, name, is, called) => {
  it('is stored as what it is', async () => {
    const { bo, room } = await createScenario()
    const { status, media } = await upload(bo, room.id, bytes, { type, name })
    expect([status, media?.type, media?.name]).toEqual([201, is, called])
  })

  it('is so by tus, too', async () => {
    const set = await createScenario()
    expect((await byTus(set, bytes, type)).type).toBe(is)
  })
})

it('a picture of no known format, called by one, is a plain file where those may be', async () => {
  const { ana, bo, room, path } = await createScenario()
  const bitmap = new Uint8Array([0x42, 0x4d, ...files.zeros(100)])
  const options = { type: 'image/png', name: 'a.png' }
  expect((await upload(bo, room.id, bitmap, options)).code).toBe('unsupported_type')
  await ana.patch(path, { plainFiles: true })
  expect((await upload(bo, room.id, bitmap, options)).media).toMatchObject({ kind: 'file' })
})
