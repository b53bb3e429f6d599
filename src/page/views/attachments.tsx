import { useState } from 'preact/hooks'
import type { Media } from '../../client/protocol'
import { bytesOf, sizeOf, useMediaUrl } from '../app/media'
import { Dialog } from '../components/dialog'
import { Icon } from '../components/icon'

interface AttachmentsProps {
  roomId: string
  media: readonly Media[]
  isActive: boolean
}

/** What is attached to a message, in the place that it will take. */
export function Attachments({ roomId, media, isActive }: AttachmentsProps) {
  return (
    <ul class={`attachments attachments-${Math.min(media.length, 4)}`} aria-label="Attachments">
      {media.map((one) => (
        <li key={one.id} class={`attachment attachment-${one.kind}`}>
          <Attachment roomId={roomId} media={one} isActive={isActive} />
        </li>
      ))}
    </ul>
  )
}

function Attachment({
  roomId,
  media,
  isActive,
}: {
  roomId: string
  media: Media
  isActive: boolean
}) {
  switch (media.kind) {
    case 'image':
      return <Picture roomId={roomId} media={media} isActive={isActive} />
    case 'video':
      return <Video roomId={roomId} media={media} />
    case 'audio':
      return <Sound roomId={roomId} media={media} />
    default:
      return <PlainFile roomId={roomId} media={media} isActive={isActive} />
  }
}

function Picture({ roomId, media, isActive }: { roomId: string; media: Media; isActive: boolean }) {
  const { url, renew } = useMediaUrl(roomId, media)
  const [isLarge, setLarge] = useState(false)
  const size = sizeOf(media) ?? { width: 320, height: 240 }
  return (
    <>
      <button
        type="button"
        class="picture"
        style={{ aspectRatio: `${size.width} / ${size.height}` }}
        aria-label={`Show ${media.name} larger`}
        tabIndex={isActive ? 0 : -1}
        onClick={() => setLarge(true)}
      >
        {url && (
          <img
            src={narrow(url, 640)}
            alt={media.name}
            width={size.width}
            height={size.height}
            onError={renew}
          />
        )}
      </button>
      {isLarge && (
        <Dialog title={media.name} size="wide" onClose={() => setLarge(false)}>
          {url && (
            <img
              class="picture-large"
              src={url}
              alt={media.name}
              width={size.width}
              height={size.height}
            />
          )}
        </Dialog>
      )}
    </>
  )
}

/** What this page shows from its own memory has one size. */
const narrow = (url: string, width: number) =>
  url.startsWith('blob:') ? url : `${url}&width=${width}`

function Video({ roomId, media }: { roomId: string; media: Media }) {
  const { url, renew } = useMediaUrl(roomId, media)
  const size = sizeOf(media) ?? { width: 16, height: 9 }
  return (
    // biome-ignore lint/a11y/useMediaCaption: nobody wrote captions for what people send each other
    <video
      controls
      preload="metadata"
      playsInline
      aria-label={media.name}
      style={{ aspectRatio: `${size.width} / ${size.height}` }}
      src={url ?? undefined}
      onError={renew}
    />
  )
}

function Sound({ roomId, media }: { roomId: string; media: Media }) {
  const { url, renew } = useMediaUrl(roomId, media)
  return (
    <>
      {/* biome-ignore lint/a11y/useMediaCaption: nobody wrote captions for what people send each other */}
      <audio
        controls
        preload="metadata"
        aria-label={media.name}
        src={url ?? undefined}
        onError={renew}
      />
    </>
  )
}

function PlainFile({
  roomId,
  media,
  isActive,
}: {
  roomId: string
  media: Media
  isActive: boolean
}) {
  const { url } = useMediaUrl(roomId, media)
  return (
    <a
      class="plain-file"
      href={url ?? media.url}
      download={media.name}
      target="_blank"
      rel="noopener"
      tabIndex={isActive ? 0 : -1}
    >
      <Icon name="file" />
      <span>
        <b>{media.name}</b>
        <small>{bytesOf(media.size)}</small>
      </span>
    </a>
  )
}
