import * as isobmff from './isobmff'
import * as matroska from './matroska'

/** `duration` in seconds; what the first bytes do not tell is null. */
export interface Film {
  duration: number | null
  width: number | null
  height: number | null
}

const NOTHING: Film = { duration: null, width: null, height: null }

/** What the container says in its first bytes; one that says it at its end says nothing. */
export function measure(head: Uint8Array, type: string): Film {
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  try {
    if (type === 'video/webm') return checked(matroska.read(view))
    return checked(isobmff.read(view) ?? NOTHING)
  } catch {
    return NOTHING
  }
}

// Numbers of strangers.
const checked = ({ duration, width, height }: Film): Film => ({
  duration: duration !== null && Number.isFinite(duration) && duration < 1e6 ? duration : null,
  width: width !== null && width > 0 && width < 65_536 ? width : null,
  height: height !== null && height > 0 && height < 65_536 ? height : null,
})
