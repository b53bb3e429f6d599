import { expect, it } from 'vitest'
import { readVideoMetadata } from '../../src/media/read-video-metadata'

const ascii = (text: string) => [...text].map((c) => c.charCodeAt(0))
const u32 = (value: number) => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255)
const box = (type: string, content: number[]) => [
  ...u32(content.length + 8),
  ...ascii(type),
  ...content,
]
const zeros = (count: number) => Array.from({ length: count }, () => 0)
const size = (width: number, height: number) => [...u32(width << 16), ...u32(height << 16)]

const mvhd = box('mvhd', [...zeros(12), ...u32(600), ...u32(7500), ...zeros(80)])
const track = (width: number, height: number) =>
  box('trak', box('tkhd', [...zeros(76), ...size(width, height)]))
const mp4 = [
  ...box('ftyp', ascii('isom0000')),
  ...box('moov', [...mvhd, ...track(0, 0), ...track(1920, 1080)]),
]

const element = (id: number[], content: number[]) => [
  ...id,
  0x40 | (content.length >> 8),
  content.length & 255,
  ...content,
]
const webm = [
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

it.each([
  ['video/mp4', mp4, { duration: 12.5, width: 1920, height: 1080 }],
  ['video/webm', webm, { duration: 4, width: 640, height: 480 }],
])('the first bytes of %s tell its length and size', (type, bytes, film) => {
  expect(readVideoMetadata(new Uint8Array(bytes), type)).toEqual(film)
})

it.each(['video/mp4', 'video/webm'])('cut or broken bytes of %s tell nothing, and end', (type) => {
  const bytes = new Uint8Array(type === 'video/mp4' ? mp4 : webm)
  for (let length = 0; length < bytes.length; length += 1) {
    readVideoMetadata(bytes.slice(0, length), type)
    const broken = bytes.slice()
    broken[length] = 255
    readVideoMetadata(broken, type)
  }
  expect(readVideoMetadata(new Uint8Array(), type).duration).toBeNull()
})
