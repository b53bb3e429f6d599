import { fileTypeFromBuffer } from 'file-type'
import { ApiError } from '../errors'
import type { MediaKind } from '../schemas/media'
import { essenceOf, type Format, formatOf, OCTET_STREAM } from './formats'

/** So many first bytes tell the type, the size of a picture and the length of a film. */
export const HEAD_BYTES = 256 * 1024

export interface DetectedType {
  kind: MediaKind
  type: string
  format: Format | undefined
}

/**
 * What the first bytes are. Throws `unsupported_type` when they are not what they are declared to be.
 * What is no known format is a plain file, whatever it says it is: it is only ever downloaded.
 */
export async function detectType(head: Uint8Array, declared: string): Promise<DetectedType> {
  // The parsers see bytes of strangers: one that throws has found nothing.
  const detected = await fileTypeFromBuffer(head).catch(() => undefined)
  const format = detected && formatOf(detected.mime)
  const claimed = formatOf(declared)
  const claim = essenceOf(declared)
  if (format !== claimed && claim !== OCTET_STREAM) {
    const found = format?.type ?? detected?.mime ?? 'nothing known'
    throw new ApiError('unsupported_type', `The bytes are ${found}, not ${claim.slice(0, 100)}.`)
  }
  if (format) return { kind: format.kind, type: format.type, format }
  return { kind: 'file', type: OCTET_STREAM, format: undefined }
}
