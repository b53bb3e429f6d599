import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { ByteReader, headSource } from '../../src/media/containers/byte-reader'
import { readContainer } from '../../src/media/containers/read-container'
import { isAnimated, readPicture } from '../../src/media/containers/read-picture'
import * as files from '../fixtures/media-files'
import {
  ascii,
  box,
  element,
  filmTrack,
  mp4,
  soundTrack,
  u32,
  webm,
  zeros,
} from '../fixtures/media-files'

/** Without handlers of tracks, and with sizes of two bytes. */
const size = (width: number, height: number) => [...u32(width << 16), ...u32(height << 16)]
const mvhd = box('mvhd', [...zeros(12), ...u32(600), ...u32(7500), ...zeros(80)])
const track = (width: number, height: number) =>
  box('trak', box('tkhd', [...zeros(76), ...size(width, height)]))
const plainMp4 = [
  ...box('ftyp', ascii('isom0000')),
  ...box('moov', [...mvhd, ...track(0, 0), ...track(1920, 1080)]),
]
const plainWebm = [
  ...element([0x1a, 0x45, 0xdf, 0xa3], []),
  ...[0x18, 0x53, 0x80, 0x67, 0x01, ...Array.from({ length: 7 }, () => 255)],
  ...element(
    [0x15, 0x49, 0xa9, 0x66],
    [...element([0x2a, 0xd7, 0xb1], [0x0f, 0x42, 0x40]), ...element([0x44, 0x89], u32(0x457a0000))],
  ),
  ...element(
    [0x16, 0x54, 0xae, 0x6b],
    element([0xae], element([0xe0], [...element([0xb0], [2, 128]), ...element([0xba], [1, 224])])),
  ),
]

const readAll = (bytes: Uint8Array, type: string) =>
  readContainer(headSource(bytes, bytes.length), type)
const shownSize = async (bytes: Uint8Array, type: string) => {
  const { width, height, orientation } = await readPicture(
    headSource(bytes, bytes.length),
    bytes,
    type,
  )
  return [width, height, orientation]
}

it.each([
  ['video/mp4', plainMp4, { duration: 12.5, width: 1920, height: 1080 }],
  ['video/webm', plainWebm, { duration: 4, width: 640, height: 480 }],
])('the first bytes of %s tell its length and size', async (type, bytes, film) => {
  expect(await readAll(new Uint8Array(bytes), type)).toMatchObject(film)
})

it.each(['video/mp4', 'video/webm'])(
  'cut or broken bytes of %s tell nothing, and end',
  async (type) => {
    const bytes = new Uint8Array(type === 'video/mp4' ? plainMp4 : plainWebm)
    for (let length = 0; length < bytes.length; length += 1) {
      await readAll(bytes.slice(0, length), type)
      const broken = bytes.slice()
      broken[length] = 255
      await readAll(broken, type)
    }
    expect((await readAll(new Uint8Array(), type)).duration).toBeNull()
  },
)

it.each([0, 1, 2, 3])(
  'a film that was turned by %i quarters is as wide as it is shown',
  async (quarters) => {
    const film = mp4({ tracks: [soundTrack, filmTrack(320, 180, quarters)] })
    const [width, height] = quarters % 2 === 1 ? [180, 320] : [320, 180]
    expect(await readAll(film, 'video/mp4')).toMatchObject({ width, height })
  },
)

it.each([
  ['wide pixels that its header has made square', [640, 180], [320, 180], [2, 1], 0, [640, 180]],
  ['wide pixels that its header counts', [320, 180], [320, 180], [2, 1], 0, [640, 180]],
  ['wide pixels, turned', [320, 180], [320, 180], [2, 1], 1, [180, 640]],
  ['no size in its header', [0, 0], [320, 180], [1, 1], 0, [320, 180]],
  ['pixels of no shape', [320, 180], [320, 180], [1, 0], 0, [320, 180]],
] as const)(
  'a film with %s is as large as it is shown',
  async (_, [w, h], coded, pixels, turn, shown) => {
    const described = files.samples(...coded, [...pixels])
    const film = mp4({ tracks: [filmTrack(w, h, turn, described)] })
    const [width, height] = shown
    expect(await readAll(film, 'video/mp4')).toMatchObject({ width, height, isSound: false })
  },
)

it.each([
  ['nobody knows', { units: 0xffffffff }, null],
  ['is not told', { units: 0 }, null],
  ['is in fragments', { units: 600, more: box('mvex', box('trex', zeros(24))) }, null],
  [
    'is in fragments that are counted',
    { units: 0, more: box('mvex', box('mehd', zeros(4), u32(1500))) },
    2.5,
  ],
])('the length of a film that %s', async (_, movie, duration) => {
  const film = mp4({ ...movie, tracks: [filmTrack(320, 180)] })
  expect(await readAll(film, 'video/mp4')).toMatchObject({ duration, width: 320 })
})

it('a WebM tells its size whatever the length of its numbers, and no length when it was live', async () => {
  for (const sizeBytes of [2, 4, 8]) {
    const film = webm({
      tracks: [files.webmSound, files.webmFilm(320, 180)],
      milliseconds: 2500,
      sizeBytes,
    })
    expect(await readAll(film, 'video/webm')).toEqual({
      duration: 2.5,
      width: 320,
      height: 180,
      isSound: false,
    })
  }
  const live = webm({ tracks: [files.webmFilm(320, 180)] })
  expect(await readAll(live, 'video/webm')).toMatchObject({ duration: null, width: 320 })
})

it.each([
  ['an MP3 that counts its frames', 'audio/mpeg', files.mp3(40, { xing: 1000 }), 26.12],
  ['an MP3 of one bitrate', 'audio/mpeg', files.mp3(100), 2.61],
  ['an MP3 behind a cover', 'audio/mpeg', files.mp3(100, { tagBytes: 300_000 }), 2.61],
  ['an Opus', 'audio/ogg', files.ogg(96_312), 2],
  ['a long Opus', 'audio/ogg', files.ogg(96_312, 400_000), 2],
  ['a WAV', 'audio/wav', files.wav(40_000), 2.5],
  ['a WAV that was streamed', 'audio/wav', files.wav(40_000, 0xffffffff), 2.5],
  ['a FLAC', 'audio/flac', files.flac(66_150), 1.5],
  ['a FLAC that was streamed', 'audio/flac', files.flac(0), null],
])('%s tells how long it is', async (_, type, bytes, duration) => {
  const told = await readAll(bytes, type)
  expect(told).toMatchObject({ isSound: true, width: null })
  if (duration === null) expect(told.duration).toBeNull()
  else expect(told.duration).toBeCloseTo(duration, 2)
})

it.each([
  ['HEIC of a phone', { brand: 'heic', properties: [files.ispe(4032, 3024)] }, [4032, 3024]],
  [
    'HEIC on its side',
    { brand: 'heic', properties: [files.ispe(4032, 3024), files.irot(3)] },
    [3024, 4032],
  ],
  [
    'HEIC on its head',
    { brand: 'heic', properties: [files.ispe(4032, 3024), files.irot(2)] },
    [4032, 3024],
  ],
  [
    'AVIF that is cut',
    { brand: 'avif', properties: [files.ispe(64, 48), files.clap(60, 40)] },
    [60, 40],
  ],
  [
    'AVIF that is cut, then turned',
    { brand: 'avif', properties: [files.ispe(64, 48), files.clap(60, 40), files.irot(1)] },
    [40, 60],
  ],
])('a %s is as large as it is shown', async (_, still, shown) => {
  expect(await shownSize(files.heif(still), `image/${still.brand}`)).toEqual([...shown, null])
})

it('a PNG tells which way up it is, in front of its pixels or behind them', async () => {
  const turned = files.png(16, 9, { before: [['eXIf', files.exif(6)]] })
  expect(await shownSize(turned, 'image/png')).toEqual([16, 9, 6])
  const late = files.png(16, 9, { after: [['eXIf', files.exif(8)]] })
  expect(await shownSize(late, 'image/png')).toEqual([16, 9, 8])
  expect(await shownSize(files.png(16, 9), 'image/png')).toEqual([16, 9, null])
})

it('a WebP tells which way up it is', async () => {
  const pixels: [string, number[]] = ['VP8 ', zeros(30)]
  const marks: number[][] = [[], ascii('Exif\0\0')]
  for (const mark of marks) {
    const turned = files.webp(16, 9, 8, [pixels, ['EXIF', [...mark, ...files.exif(6)]]])
    expect(await shownSize(turned, 'image/webp')).toEqual([16, 9, 6])
  }
  expect(await shownSize(files.webp(16, 9, 0, [pixels]), 'image/webp')).toEqual([16, 9, null])
})

it('a picture of ten thousand times the pixels is refused wherever its size stands', async () => {
  const bomb = files.heif({ properties: [files.ispe(60_000, 60_000)] })
  await expect(shownSize(bomb, 'image/heic')).rejects.toMatchObject({ code: 'too_large' })
})

const samples: [string, Uint8Array][] = [
  [
    'video/mp4',
    mp4({ tracks: [soundTrack, filmTrack(320, 180, 1, files.samples(320, 180, [4, 3]))] }),
  ],
  ['video/webm', webm({ tracks: [files.webmFilm(320, 180)], milliseconds: 2500 })],
  ['audio/mpeg', files.mp3(5)],
  ['audio/ogg', files.ogg(96_312)],
  ['audio/wav', files.wav(100)],
  ['audio/flac', files.flac(66_150)],
  [
    'image/heic',
    files.heif({ properties: [files.ispe(64, 48), files.clap(60, 40), files.irot(1)] }),
  ],
  ['image/png', files.png(16, 9, { after: [['eXIf', files.exif(8)]] })],
  ['image/webp', files.webp(16, 9, 8, [['EXIF', files.exif(6)]])],
]

it('whatever is broken, cut off or made up in a file, its reading ends, and soon', async () => {
  let reads = 0
  let bytesRead = 0
  const change = fc.record({
    at: fc.nat(),
    value: fc.constantFrom(0, 1, 8, 0x7f, 0x80, 0xff, 0x7fffffff, 0x80000000, 0xffffffff),
    isLong: fc.boolean(),
  })
  const file = fc.oneof(
    fc.record({
      sample: fc.constantFrom(...samples),
      changes: fc.array(change, { maxLength: 6 }),
      kept: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    fc.record({
      sample: fc.tuple(
        fc.constantFrom(...samples.map(([type]) => type)),
        fc.uint8Array({ maxLength: 400 }),
      ),
      changes: fc.constant([]),
      kept: fc.constant(1),
    }),
  )
  const property = fc.asyncProperty(
    file,
    fc.boolean(),
    async ({ sample, changes, kept }, isCut) => {
      const [type, original] = sample
      const bytes = original.slice(0, isCut ? Math.ceil(original.length * kept) : original.length)
      const view = new DataView(bytes.buffer)
      for (const { at, value, isLong } of changes) {
        const start = at % Math.max(1, bytes.length)
        if (isLong && start + 4 <= bytes.length) view.setUint32(start, value)
        else if (start < bytes.length) view.setUint8(start, value)
      }
      reads = 0
      bytesRead = 0
      const source = {
        // It may say that it is longer than it is.
        size: isCut ? original.length : bytes.length,
        read: async (offset: number, length: number) => {
          reads += 1
          bytesRead += length
          return bytes.subarray(offset, offset + length)
        },
      }
      const told = await readContainer(source, type)
      expect(told.duration ?? 1).toBeGreaterThan(0)
      expect(told.width ?? 1).toBeGreaterThan(0)
      await readPicture(source, bytes, type).catch((error) => expect(error.code).toBe('too_large'))
      await isAnimated(source, type)
      // Three readers with 32 windows each.
      expect(reads).toBeLessThanOrEqual(96)
      expect(bytesRead).toBeLessThanOrEqual(96 * 65_536)
    },
  )
  await fc.assert(property, { numRuns: 3000 })
})

it('a reader is sent about only so far', async () => {
  let reads = 0
  const far = {
    size: 1e12,
    read: async (_: number, length: number) => {
      reads += 1
      return new Uint8Array(length)
    },
  }
  const reader = new ByteReader(far)
  const wander = async () => {
    for (let at = 0; ; at += 1e6) await reader.view(at, 8)
  }
  await expect(wander()).rejects.toThrow(RangeError)
  expect(reads).toBe(32)
  const near = new ByteReader(headSource(new Uint8Array(100), 100))
  const stay = async () => {
    for (;;) await near.view(0, 8)
  }
  await expect(stay()).rejects.toThrow(RangeError)
  await expect(reader.view(0, 70_000)).rejects.toThrow(RangeError)
})
