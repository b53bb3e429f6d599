import { ApiError } from '../../errors'
import type { GalleryItem, Media, MediaKind } from '../../schemas/media'
import { authorize, type RequestContext } from '../policy/authorize'
import * as media from '../store/media/media'

/**
 * Media that the caller may download, and its entity tag: anyone's who reads the room; before a message has it, only its
 * owner's. Throws `not_found`.
 */
export function readMedia(
  context: RequestContext,
  { id }: { id: string },
): { media: Media; etag: string } {
  authorize(context, 'room.read')
  const { state, caller } = context
  const item = media.find(state.sql, id)
  const isVisible = item?.messageSeq === null ? item.ownerId === caller.userId : true
  if (!item?.etag || !isVisible || media.isErased(state.sql, item)) {
    throw new ApiError('not_found', 'There is no such media.')
  }
  return { media: item.media, etag: item.etag }
}

/** A page of the gallery, newest first. */
export function listMedia(
  context: RequestContext,
  {
    kind,
    before,
    limit,
  }: { kind: MediaKind | null; before: media.GalleryCursor | null; limit: number },
): { items: GalleryItem[]; next: media.GalleryCursor | null } {
  authorize(context, 'room.read')
  const found = media.gallery(
    context.state.sql,
    kind,
    before ?? { messageSeq: Number.MAX_SAFE_INTEGER, position: 0 },
    limit + 1,
  )
  const shown = found.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(toGalleryItem),
    next: found.length > limit && last ? cursorOf(last) : null,
  }
}

const cursorOf = ({ messageSeq, position }: media.StoredMedia): media.GalleryCursor => ({
  messageSeq: messageSeq as number,
  position,
})

const toGalleryItem = ({ media, messageSeq, ownerId }: media.StoredMedia): GalleryItem => ({
  media,
  messageSeq: messageSeq as number,
  authorId: ownerId,
})
