import { fileTypeFromBuffer } from 'file-type'
import { ApiError } from '../errors'
import type { MediaKind } from '../schemas/media'
import { essenceOf, type Format, formatOf, isSameFamily, OCTET_STREAM } from './formats'

/** This many bytes are enough to detect the type and, in most files, the dimensions and the duration. */
export const HEAD_BYTES = 256 * 1024

export interface DetectedType {
  kind: MediaKind
  type: string
  format: Format | undefined
}

/**
 * Detects the type from the first bytes. Throws `unsupported_type` when the declared type is of another family.
 * A file of no known format is a plain file, whatever its declared type; browsers only ever download it.
 */
export async function detectType(head: Uint8Array, declared: string): Promise<DetectedType> {
  // A malformed file can make the parser throw; treat that as nothing detected.
  const detected = await fileTypeFromBuffer(head).catch(() => undefined)
  const claim = essenceOf(declared)
  // What nothing is known of is any type but a known one.
  const isClaim = detected ? isSameFamily(detected.mime, claim) : !formatOf(claim)
  if (!isClaim && claim !== OCTET_STREAM) {
    const found = detected?.mime ?? 'of an unknown type'
    throw new ApiError('unsupported_type', `This file is ${found}, not ${claim.slice(0, 100)}.`)
  }
  const format = detected && formatOf(detected.mime)
  if (format) return { kind: format.kind, type: format.type, format }
  return { kind: 'file', type: OCTET_STREAM, format: undefined }
}
