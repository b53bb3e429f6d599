import { ApiError } from '../../errors'

/** Thrown by a statement or, when the commit failed, by whatever call waited for it. */
export const isOutOfStorage = (error: unknown): boolean =>
  error instanceof Error && /SQLITE_(FULL|IOERR)/.test(error.message)

export const roomUnavailable = () =>
  new ApiError('unavailable', 'The room cannot answer right now. Try again in a moment.', {
    retryAfter: 1,
  })
