import { readIsobmff } from './isobmff'
import { readMatroska } from './matroska'

/** `duration` in seconds; what the first bytes do not tell is null. */
export interface VideoMetadata {
  duration: number | null
  width: number | null
  height: number | null
}

const UNKNOWN_VIDEO: VideoMetadata = { duration: null, width: null, height: null }

/** What the container says in its first bytes; one that says it at its end says nothing. */
export function readVideoMetadata(head: Uint8Array, type: string): VideoMetadata {
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  try {
    if (type === 'video/webm') return plausible(readMatroska(view))
    return plausible(readIsobmff(view) ?? UNKNOWN_VIDEO)
  } catch {
    return UNKNOWN_VIDEO
  }
}

// Numbers of strangers.
const plausible = ({ duration, width, height }: VideoMetadata): VideoMetadata => ({
  duration: duration !== null && Number.isFinite(duration) && duration < 1e6 ? duration : null,
  width: width !== null && width > 0 && width < 65_536 ? width : null,
  height: height !== null && height > 0 && height < 65_536 ? height : null,
})
