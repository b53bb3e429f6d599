import { type ByteReader, textOf } from './byte-reader'

const BITRATES = {
  // kbit/s of layer III, by index: MPEG 1, then MPEG 2 and 2.5.
  first: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  later: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
}
const RATES = [44_100, 48_000, 32_000]
// Where nothing says how many frames there are, so many must have one bitrate.
const COMPARED_FRAMES = 30
const MAX_JUNK = 4096

interface Frame {
  length: number
  samples: number
  rate: number
  bitrate: number
  /** Offset of a Xing header. */
  xingAt: number
}

/** The length of an MP3 in seconds: by the frames that its first frame counts, or by its bitrate if that is constant. */
export async function readMp3Length(reader: ByteReader): Promise<number | null> {
  const start = await skipId3(reader)
  const view = await reader.upTo(start, 64 * 1024)
  let at = 0
  while (!isFrameStart(view, at)) {
    at += 1
    if (at > MAX_JUNK) return null
  }
  const first = frameAt(view, at) as Frame
  const frames = countedFrames(view, at, first)
  if (frames !== null) return (frames * first.samples) / first.rate
  let next = at
  for (let i = 0; i < COMPARED_FRAMES; i += 1) {
    const frame = frameAt(view, next)
    if (!frame) break
    if (frame.bitrate !== first.bitrate) return null
    next += frame.length
  }
  return ((reader.size - start - at - (await id3v1Bytes(reader))) * 8) / first.bitrate
}

/** The offset behind an ID3v2 tag, which holds the title and the cover. */
export async function skipId3(reader: ByteReader): Promise<number> {
  const view = await reader.upTo(0, 10)
  if (textOf(view, 0, 3) !== 'ID3') return 0
  const digits = [6, 7, 8, 9].map((i) => view.getUint8(i) & 0x7f)
  const hasFooter = (view.getUint8(5) & 0x10) !== 0
  return digits.reduce((sum, digit) => sum * 128 + digit, 0) + (hasFooter ? 20 : 10)
}

const id3v1Bytes = async (reader: ByteReader) =>
  reader.size > 128 && (await reader.text(reader.size - 128, 3)) === 'TAG' ? 128 : 0

/** Whether a frame begins here and another behind it, unless the bytes end there. */
function isFrameStart(view: DataView, at: number): boolean {
  const frame = frameAt(view, at)
  if (!frame) return false
  const next = at + frame.length
  return next + 4 > view.byteLength || frameAt(view, next) !== null
}

function frameAt(view: DataView, at: number): Frame | null {
  if (at + 4 > view.byteLength) return null
  const header = view.getUint32(at)
  // Eleven ones, then two bits of the version and 01 for layer III.
  const version = (header >>> 19) & 3
  if (header >>> 21 !== 0x7ff || version === 1 || ((header >>> 17) & 3) !== 1) return null
  const isFirst = version === 3
  const kilobits = BITRATES[isFirst ? 'first' : 'later'][(header >>> 12) & 15]
  const fullRate = RATES[(header >>> 10) & 3]
  if (!kilobits || !fullRate) return null
  const rate = isFirst ? fullRate : version === 2 ? fullRate / 2 : fullRate / 4
  const samples = isFirst ? 1152 : 576
  const isMono = ((header >>> 6) & 3) === 3
  const sideBytes = isFirst ? (isMono ? 17 : 32) : isMono ? 9 : 17
  const bitrate = kilobits * 1000
  const length = Math.floor(((samples / 8) * bitrate) / rate) + ((header >>> 9) & 1)
  return { length, samples, rate, bitrate, xingAt: 4 + sideBytes }
}

/** The number of frames that a Xing or VBRI header tells. */
function countedFrames(view: DataView, at: number, { xingAt }: Frame): number | null {
  const xing = at + xingAt
  if (['Xing', 'Info'].includes(textOf(view, xing, 4)) && xing + 12 <= view.byteLength)
    return (view.getUint32(xing + 4) & 1) === 1 ? view.getUint32(xing + 8) : null
  const vbri = at + 36
  if (textOf(view, vbri, 4) === 'VBRI' && vbri + 18 <= view.byteLength)
    return view.getUint32(vbri + 14)
  return null
}
