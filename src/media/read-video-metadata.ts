import { readIsobmff } from './isobmff'
import { readMatroska } from './matroska'
import { plausible, UNKNOWN_VIDEO, type VideoMetadata } from './video-metadata'

/** Reads the container's header. A file that keeps its header at the end gives nulls. */
export function readVideoMetadata(head: Uint8Array, type: string): VideoMetadata {
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  try {
    if (type === 'video/webm') return plausible(readMatroska(view))
    return plausible(readIsobmff(view) ?? UNKNOWN_VIDEO)
  } catch {
    return UNKNOWN_VIDEO
  }
}
