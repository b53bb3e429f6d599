import type { VideoMetadata } from './video-metadata'

const [SEGMENT, INFO, SCALE, DURATION] = [0x18538067, 0x1549a966, 0x2ad7b1, 0x4489]
const [TRACKS, TRACK, VIDEO, WIDTH, HEIGHT] = [0x1654ae6b, 0xae, 0xe0, 0xb0, 0xba]
const DEFAULT_SCALE = 1_000_000

interface Element {
  id: number
  start: number
  end: number
}

/** Reads the info and the tracks of a WebM file (RFC 9559), which come before its clusters. */
export function readMatroska(view: DataView): VideoMetadata {
  const all = { id: 0, start: 0, end: view.byteLength }
  const [segment] = children(view, all, SEGMENT)
  const [info] = segment ? children(view, segment, INFO) : []
  const [tracks] = segment ? children(view, segment, TRACKS) : []
  const [scale] = info ? children(view, info, SCALE) : []
  const [duration] = info ? children(view, info, DURATION) : []
  const [video] = (tracks ? children(view, tracks, TRACK) : []).flatMap((t) =>
    children(view, t, VIDEO),
  )
  const [width] = video ? children(view, video, WIDTH) : []
  const [height] = video ? children(view, video, HEIGHT) : []
  const nanoseconds =
    (scale ? integer(view, scale) : DEFAULT_SCALE) * (duration ? float(view, duration) : 0)
  return {
    duration: nanoseconds > 0 ? nanoseconds / 1e9 : null,
    width: width ? integer(view, width) : null,
    height: height ? integer(view, height) : null,
  }
}

/** Finds the children with one id, as far as the bytes go. */
function children(view: DataView, parent: Element, wanted: number): Element[] {
  const found: Element[] = []
  const to = Math.min(parent.end, view.byteLength)
  for (let at = parent.start; at + 2 <= to; ) {
    const id = vint(view, at)
    const size = vint(view, at + id.length)
    const start = at + id.length + size.length
    // A live recording marks its size as unknown with all ones. Its children still follow in order.
    const end = size.isUnknown ? to : start + size.value
    if (id.raw === wanted) found.push({ id: id.raw, start, end })
    at = end
  }
  return found
}

/** Reads an EBML variable-length integer. `raw` keeps the length marker, which is part of an id. */
function vint(view: DataView, at: number) {
  const first = view.getUint8(at)
  const length = Math.clz32(first) - 23
  if (length > 8) throw new RangeError('This is no EBML.')
  let raw = first
  for (let i = 1; i < length; i += 1) raw = raw * 256 + view.getUint8(at + i)
  const value = raw - 2 ** (7 * length)
  return { length, raw, value, isUnknown: value === 2 ** (7 * length) - 1 }
}

function integer(view: DataView, { start, end }: Element): number {
  let value = 0
  for (let at = start; at < end; at += 1) value = value * 256 + view.getUint8(at)
  return value
}

const float = (view: DataView, { start, end }: Element) =>
  end - start === 8 ? view.getFloat64(start) : view.getFloat32(start)
