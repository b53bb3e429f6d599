import { describe, expect, it } from 'vitest'
import { Eraser } from '../../src/media/locations'
import * as pictures from '../../src/media/pictures'

const latin1 = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0))
const u16 = (value: number) => [value >> 8, value & 255]
const u32 = (value: number) => [...u16(value >>> 16), ...u16(value & 65_535)]
const segment = (marker: number, content: Iterable<number>) => {
  const bytes = [...content]
  return [0xff, marker, ...u16(bytes.length + 2), ...bytes]
}

/** EXIF, big-endian: orientation 6 and a latitude whose three rationals stand at 80. */
const tiff = (gpsAt = 38) => [
  ...latin1('MM\0*'),
  ...u32(8),
  ...[...u16(2), ...u16(0x112), ...u16(3), ...u32(1), ...u16(6), ...u16(0)],
  ...[...u16(0x8825), ...u16(4), ...u32(1), ...u32(gpsAt)],
  ...u32(0),
  ...[...u16(2), ...u16(1), ...u16(2), ...u32(2), ...latin1('N\0\0\0')],
  ...[...u16(2), ...u16(5), ...u32(3), ...u32(80), ...u32(0)],
  ...Array.from({ length: 80 - 68 }, () => 0),
  ...latin1('LATITUDE-LATITUDE-LATITU'),
]

const exif = (gpsAt?: number) => segment(0xe1, [...latin1('Exif\0\0'), ...tiff(gpsAt)])
const xmp = segment(0xe1, latin1('http://ns.adobe.com/xap/1.0/\0<x exif:GPSLatitude="53,33N"/>'))
const frame = segment(0xc0, [8, ...u16(3), ...u16(4), 1, 1, 0x11, 0])
const scan = [...segment(0xda, [1, 1, 0, 0, 63, 0]), ...latin1('Exif LATITUDE'), 0xff, 0xd9]
const jpeg = (...segments: number[][]) =>
  new Uint8Array([0xff, 0xd8, ...segments.flat(), ...frame, ...scan])

/** What is left of bytes that come in chunks of one size. */
function pass(bytes: Uint8Array, size = bytes.length): Uint8Array {
  const eraser = new Eraser()
  const out: number[] = []
  for (let at = 0; at < bytes.length; at += size)
    out.push(...eraser.pass(bytes.slice(at, at + size)))
  return new Uint8Array([...out, ...eraser.rest()])
}

const text = (bytes: Uint8Array) => new TextDecoder('latin1').decode(bytes)

describe('a photo loses the place where it was taken', () => {
  it.each([1, 7, 100, 10_000])('in chunks of %i bytes, and nothing else', (size) => {
    const photo = jpeg(exif(), xmp)
    const clean = pass(photo, size)
    expect(clean.length).toBe(photo.length)
    expect(text(clean)).not.toMatch(/LATITUDE-|GPS|53,33N/)
    expect(text(clean)).toMatch(/Exif LATITUDE/)
    expect(pictures.measure(clean)).toEqual({ width: 4, height: 3, orientation: 6 })
  })

  it('loses all of an EXIF that makes no sense', () => {
    const clean = pass(jpeg(exif(9999)))
    expect(text(clean)).not.toContain('LATITUDE-')
  })

  it('stays as it is when there is nothing to lose', () => {
    const plain = jpeg(segment(0xe0, latin1('JFIF\0')), segment(0xfe, latin1('LATITUDE-')))
    expect(pass(plain.slice(), 5)).toEqual(plain)
  })

  it.each([
    [[0xff, 0xd8]],
    [[0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff, 1, 2]],
    [[0xff, 0xd8, 0xff, 0xff, 0xff]],
    [[1, 2, 3]],
    [[0xff, 0xd8, 0xff, 0xe1, 0, 0, 0xff, 0xe1, 0, 0]],
  ])('the broken bytes %j pass', (bytes) => {
    expect([...pass(new Uint8Array(bytes), 1)]).toEqual(bytes)
  })
})
