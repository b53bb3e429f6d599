import { bytesOf } from '../app/media'
import type { Attached } from '../app/uploads'
import { Icon } from './icon'

interface TrayProps {
  files: readonly Attached[]
  onRemove: (key: string) => void
  onRetry: (key: string) => void
}

/** The files of the message that is being written, and how far each has come. */
export function AttachmentTray({ files, onRemove, onRetry }: TrayProps) {
  if (files.length === 0) return null
  return (
    <ul class="tray" aria-label="Files of this message">
      {files.map(({ key, file, kind, preview, progress, mediaId, problem }) => (
        <li key={key} class={problem ? 'tray-item tray-item-failed' : 'tray-item'}>
          {preview && kind === 'image' ? (
            <img src={preview} alt="" />
          ) : (
            <span class="tray-kind">
              <Icon name={kind === 'video' ? 'play' : 'file'} />
            </span>
          )}
          <span class="tray-text">
            <b>{file.name}</b>
            {problem ? (
              <small role="alert">
                {problem}{' '}
                <button type="button" class="link-button" onClick={() => onRetry(key)}>
                  Try again
                </button>
              </small>
            ) : mediaId ? (
              <small>{bytesOf(file.size)}</small>
            ) : (
              <progress value={progress} max={1} aria-label={`Uploading ${file.name}`} />
            )}
          </span>
          <button
            type="button"
            class="icon-button"
            aria-label={`Remove ${file.name}`}
            onClick={() => onRemove(key)}
          >
            <Icon name="close" />
          </button>
        </li>
      ))}
    </ul>
  )
}
