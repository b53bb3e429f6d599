import { expect, it } from 'vitest'
import { readImageSize, UNKNOWN_SIZE } from '../../src/media/containers/image-size'

const word = (n: number) =>
  String.fromCharCode(n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255)
const heic = `${word(24)}ftypheic${word(0)}heicmif1`
const jxl = `${word(12)}JXL \r\n\x87\n${word(20)}ftypjxl ${word(0)}jxl `

// Each made image-size 2.0.2 run for ever (GHSA-w3rx-r6r6-pgpr, GHSA-5p2g-fcmc-qvqq).
it.each([
  ['an ICNS entry', `icns${word(200)}ic07${word(0)}`],
  [
    'a size in a HEIF',
    `${heic}${word(100)}meta${word(0)}${word(80)}iprp${word(60)}ipco${word(0)}ispe`,
  ],
  ['a JXL box', `${jxl}${word(0)}jxlp`],
])('%s that says it has no length ends the reading of a picture', (_, head) => {
  const bytes = Uint8Array.from(head.padEnd(300, '\0'), (character) => character.charCodeAt(0))
  expect(readImageSize(bytes)).toEqual(UNKNOWN_SIZE)
})
