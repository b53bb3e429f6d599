import { parse } from 'content-disposition'
import { ApiError } from '../errors'
import type { DeclaredMedia } from './inspect'

/** Reads type, size and name of an upload from its headers. Throws `unsupported_type` and `invalid`. */
export function readUploadHeaders({ headers }: Request): Omit<DeclaredMedia, 'thumbHash'> {
  const type = headers.get('Content-Type')
  if (!type)
    throw new ApiError(
      'unsupported_type',
      'The Content-Type header is missing. Set it to the type of the file.',
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
