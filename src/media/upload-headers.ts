import { parse } from 'content-disposition'
import { ApiError } from '../errors'
import type { DeclaredMedia } from './inspect'

// What browsers make of a FormData, and curl of --data-binary.
const FORM = /^(multipart\/|application\/x-www-form-urlencoded)/i

/** Reads type, size and name of an upload from its headers. Throws `unsupported_type` and `invalid`. */
export function readUploadHeaders({ headers }: Request): Omit<DeclaredMedia, 'thumbHash'> {
  const type = headers.get('Content-Type')
  if (!type)
    throw new ApiError(
      'unsupported_type',
      'The Content-Type header is missing. Set it to the type of the file, or to application/octet-stream.',
    )
  if (FORM.test(type))
    throw new ApiError(
      'unsupported_type',
      'This is a form. Send the bytes of the file itself as the body, with the type of the file as Content-Type.',
    )
  const length = headers.get('Content-Length')
  if (!length || !/^[1-9]\d{0,14}$/.test(length)) {
    throw new ApiError(
      'invalid',
      'The Content-Length header is missing or not valid. Set it to the size of the file, or use a resumable upload.',
    )
  }
  const disposition = headers.get('Content-Disposition')
  const name = disposition === null ? undefined : parse(disposition).parameters.filename
  return { type, size: Number(length), name }
}
