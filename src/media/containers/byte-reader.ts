/** Bytes that are read in pieces, such as an object in a bucket. */
export interface ByteSource {
  size: number
  /** Gives fewer bytes than asked for where the source ends or does not have them. */
  read: (offset: number, length: number) => Promise<Uint8Array>
}

const WINDOW_BYTES = 64 * 1024
const KEPT_WINDOWS = 4
const MAX_WINDOWS = 32
const MAX_VIEWS = 4000

interface Window {
  offset: number
  bytes: Uint8Array
}

/**
 * Reads a stranger's file for a parser, in windows of 64 KiB. The parser may ask for 32 windows and 4,000 views, however
 * the file sends it about; after that, and outside the file, `view` throws `RangeError`.
 */
export class ByteReader {
  #windows: Window[] = []
  #windowsLeft = MAX_WINDOWS
  #viewsLeft = MAX_VIEWS

  constructor(private readonly source: ByteSource) {}

  get size(): number {
    return this.source.size
  }

  async view(offset: number, length: number): Promise<DataView> {
    this.#viewsLeft -= 1
    const isInside = offset >= 0 && length <= WINDOW_BYTES && offset + length <= this.size
    if (!isInside || this.#viewsLeft < 0)
      throw new RangeError('This file sends its reader too far.')
    const has = ({ offset: at, bytes }: Window) =>
      at <= offset && offset + length <= at + bytes.length
    const window = this.#windows.find(has) ?? (await this.#load(offset))
    if (!has(window)) throw new RangeError('These bytes are missing.')
    const { buffer, byteOffset } = window.bytes
    return new DataView(buffer, byteOffset + offset - window.offset, length)
  }

  /** A view of at most this length: less where the file ends. */
  upTo(offset: number, length: number): Promise<DataView> {
    return this.view(offset, Math.min(length, WINDOW_BYTES, this.size - offset))
  }

  /** Latin-1, which the names of boxes and chunks are in. */
  async text(offset: number, length: number): Promise<string> {
    return textOf(await this.view(offset, length), 0, length)
  }

  async #load(offset: number): Promise<Window> {
    this.#windowsLeft -= 1
    if (this.#windowsLeft < 0) throw new RangeError('This file sends its reader too far.')
    const length = Math.min(WINDOW_BYTES, this.size - offset)
    const window = { offset, bytes: await this.source.read(offset, length) }
    this.#windows = [window, ...this.#windows.slice(0, KEPT_WINDOWS - 1)]
    return window
  }
}

/** The text at an offset of a view; the empty text where the view is too short. */
export function textOf(view: DataView, at: number, length: number): string {
  if (at + length > view.byteLength) return ''
  return String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, length))
}

/** A file of which only the first bytes are at hand. */
export const headSource = (head: Uint8Array, size: number): ByteSource => ({
  size,
  read: async (offset, length) => head.subarray(offset, offset + length),
})
