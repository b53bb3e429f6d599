import { describe, expect, it } from 'vitest'
import { readImageSize } from '../../src/media/containers/image-size'
import { JpegGpsEraser } from '../../src/media/jpeg-gps'
import { exif, jpeg, latin1, segment, text, xmp } from '../fixtures/jpeg'

/** What is left of bytes that come in chunks of one size. */
function pass(bytes: Uint8Array, size = bytes.length): Uint8Array {
  const eraser = new JpegGpsEraser()
  const out: number[] = []
  for (let at = 0; at < bytes.length; at += size)
    out.push(...eraser.push(bytes.slice(at, at + size)))
  eraser.end()
  return new Uint8Array(out)
}

describe('a photo loses the place where it was taken', () => {
  it.each([1, 7, 100, 10_000])('in chunks of %i bytes, and nothing else', (size) => {
    const photo = jpeg(exif(), xmp)
    const clean = pass(photo, size)
    expect(clean.length).toBe(photo.length)
    expect(text(clean)).not.toMatch(/LATITUDE-|GPS|53,33N/)
    expect(text(clean)).toMatch(/Exif LATITUDE/)
    expect(readImageSize(clean)).toEqual({ width: 4, height: 3, orientation: 6 })
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
    [[...jpeg(exif())].slice(0, 60)],
  ])('and is refused when it ends before that is known: %j', (bytes) => {
    expect(() => pass(new Uint8Array(bytes), 1)).toThrow(
      'This picture is incomplete: its header is cut off.',
    )
  })

  it.each([[[1, 2, 3]], [[0xff, 0xd8, 0xff, 0xe1, 0, 0, 0, 0, 0, 0]]])(
    'the broken bytes %j pass',
    (bytes) => {
      expect([...pass(new Uint8Array(bytes), 1)]).toEqual(bytes)
    },
  )
})
