import type { ByteReader } from './byte-reader'
import { type ContainerFacts, NOTHING } from './container-facts'

const [SEGMENT, INFO, SCALE, DURATION] = [0x18538067, 0x1549a966, 0x2ad7b1, 0x4489]
const [TRACKS, TRACK, TRACK_TYPE, VIDEO] = [0x1654ae6b, 0xae, 0x83, 0xe0]
const [WIDTH, HEIGHT, SHOWN_WIDTH, SHOWN_HEIGHT, SHOWN_UNIT] = [0xb0, 0xba, 0x54b0, 0x54ba, 0x54b2]
const CLUSTER = 0x1f43b675
const SOUND = 2
const DEFAULT_SCALE = 1_000_000

interface Element {
  id: number
  start: number
  end: number
}

/** Reads the info and the tracks of a WebM file (RFC 9559). */
export async function readMatroska(reader: ByteReader): Promise<ContainerFacts> {
  const [segment] = await children(reader, { start: 0, end: reader.size }, [SEGMENT], 1)
  if (!segment) return NOTHING
  const [info, tracks] = await readHeader(reader, segment)
  const timing = info ? await children(reader, info, [SCALE, DURATION]) : []
  const scale = timing.find(({ id }) => id === SCALE)
  const duration = timing.find(({ id }) => id === DURATION)
  const nanoseconds =
    (scale ? await integer(reader, scale) : DEFAULT_SCALE) *
    (duration ? await float(reader, duration) : 0)
  return { ...(await readTracks(reader, tracks)), duration: nanoseconds / 1e9 }
}

/** The info and the tracks, which stand in front of the clusters of nearly every file. */
async function readHeader(reader: ByteReader, segment: Element) {
  let info: Element | undefined
  let tracks: Element | undefined
  for await (const element of elements(reader, segment)) {
    if (element.id === INFO) info = element
    if (element.id === TRACKS) tracks = element
    if ((info && tracks) || element.id === CLUSTER) break
  }
  return [info, tracks]
}

async function readTracks(reader: ByteReader, tracks: Element | undefined) {
  let hasSound = false
  for (const track of tracks ? await children(reader, tracks, [TRACK]) : []) {
    const parts = await children(reader, track, [TRACK_TYPE, VIDEO])
    const video = parts.find(({ id }) => id === VIDEO)
    if (video) return { isSound: false, ...(await readSize(reader, video)) }
    const type = parts.find(({ id }) => id === TRACK_TYPE)
    if (type && (await integer(reader, type)) === SOUND) hasSound = true
  }
  return { isSound: hasSound || null, width: null, height: null }
}

async function readSize(reader: ByteReader, video: Element) {
  const ids = [WIDTH, HEIGHT, SHOWN_WIDTH, SHOWN_HEIGHT, SHOWN_UNIT]
  const values = new Map<number, number>()
  for (const element of await children(reader, video, ids))
    values.set(element.id, await integer(reader, element))
  // In other units than pixels it is only a ratio.
  const isInPixels = (values.get(SHOWN_UNIT) ?? 0) === 0
  const size = (shown: number, coded: number) =>
    (isInPixels ? values.get(shown) : undefined) ?? values.get(coded) ?? null
  return { width: size(SHOWN_WIDTH, WIDTH), height: size(SHOWN_HEIGHT, HEIGHT) }
}

/** The children with one of these ids, up to a number of them. */
async function children(
  reader: ByteReader,
  parent: Pick<Element, 'start' | 'end'>,
  ids: number[],
  most = 100,
): Promise<Element[]> {
  const found: Element[] = []
  for await (const element of elements(reader, parent)) {
    if (ids.includes(element.id)) found.push(element)
    if (found.length === most) break
  }
  return found
}

async function* elements(
  reader: ByteReader,
  { start, end }: Pick<Element, 'start' | 'end'>,
): AsyncGenerator<Element> {
  for (let at = start; at + 2 <= end; ) {
    const id = await readNumber(reader, at)
    const size = await readNumber(reader, at + id.length)
    const from = at + id.length + size.length
    // A live recording marks its size as unknown with all ones. Its children still follow in order.
    at = size.isUnknown ? end : Math.min(from + size.value, end)
    yield { id: id.raw, start: from, end: at }
  }
}

/** Reads an EBML number: its first byte says how long it is. `raw` keeps that mark, which is part of an id. */
async function readNumber(reader: ByteReader, at: number) {
  const first = (await reader.view(at, 1)).getUint8(0)
  const length = Math.clz32(first) - 23
  if (length > 8) throw new RangeError('This is no EBML.')
  const view = await reader.view(at, length)
  const bytes = Array.from({ length }, (_, i) => view.getUint8(i))
  // The mark goes before the number grows: with it, eight bytes pass 2^53.
  const mask = 0xff >> length
  const unmarked = [first & mask, ...bytes.slice(1)]
  const isUnknown = unmarked.every((byte, i) => byte === (i === 0 ? mask : 0xff))
  return { length, raw: join(bytes), value: join(unmarked), isUnknown }
}

const join = (bytes: number[]) => bytes.reduce((value, byte) => value * 256 + byte, 0)

async function integer(reader: ByteReader, { start, end }: Element): Promise<number> {
  if (end - start > 8) throw new RangeError('This is no number.')
  const view = await reader.view(start, end - start)
  return join(Array.from({ length: end - start }, (_, i) => view.getUint8(i)))
}

async function float(reader: ByteReader, { start, end }: Element): Promise<number> {
  const view = await reader.view(start, end - start)
  return end - start === 8 ? view.getFloat64(0) : view.getFloat32(0)
}
