import { parse } from 'content-disposition'
import { ApiError } from '../errors'
import type { DeclaredMedia } from './inspect'

/** What the headers say of the body. Throws `unsupported_type` and `invalid` for what they do not say. */
export function readUploadHeaders({ headers }: Request): Omit<DeclaredMedia, 'thumbHash'> {
  const type = headers.get('Content-Type')
  if (!type) throw new ApiError('unsupported_type', 'Send the Content-Type of the bytes.')
  const length = headers.get('Content-Length')
  if (!length || !/^[1-9]\d{0,14}$/.test(length)) {
    throw new ApiError('invalid', 'Send bytes and their Content-Length, or upload by tus.')
  }
  const disposition = headers.get('Content-Disposition')
  const name = disposition === null ? undefined : parse(disposition).parameters.filename
  return { type, size: Number(length), name }
}
